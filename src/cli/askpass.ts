import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { askHelperQuestion } from '../client/ask.js'
import { CommandError } from './arguments.js'

/**
 * What ssh runs to have a question answered: asks the daemon, with the ticket that ssh was given, and prints the
 * answer. Where the daemon has none for a session, asks on ssh's own terminal, as ssh would have done.
 */
export async function askpass(args: string[]): Promise<void> {
  const { SSH_MCP_ASKPASS_SOCKET: socket, SSH_MCP_ASKPASS_TICKET: ticket } = process.env
  const prompt = args[0] ?? ''
  if (!socket || !ticket) throw new CommandError('askpass is for ssh to call, not for people.', 2)
  const hint = process.env.SSH_ASKPASS_PROMPT ?? ''
  const answer = await askHelperQuestion(socket, { ticket, prompt, hint, parent: process.ppid })
  if ('answer' in answer) return void process.stdout.write(`${answer.answer}\n`)
  if (!('terminal' in answer)) throw new CommandError('there is no answer.')
  const echo = /\(yes\/no/i.test(prompt)
  process.stdout.write(`${askOnTerminal(prompt, echo)}\n`)
}

function askOnTerminal(prompt: string, echo: boolean): string {
  const terminal = openSync('/dev/tty', 'r+')
  try {
    writeSync(terminal, prompt)
    if (!echo) stty(terminal, '-echo')
    return readLine(terminal)
  } finally {
    if (!echo) {
      stty(terminal, 'echo')
      writeSync(terminal, '\n')
    }
    closeSync(terminal)
  }
}

const stty = (terminal: number, setting: string): void =>
  void spawnSync('stty', [setting], { stdio: [terminal, 'ignore', 'ignore'] })

/** Until the end of the line; a terminal gives a line at a time. */
function readLine(terminal: number): string {
  const bytes: number[] = []
  const byte = Buffer.alloc(1)
  while (readSync(terminal, byte) === 1 && byte[0] !== 0x0a) bytes.push(byte[0] as number)
  return Buffer.from(bytes).toString('utf8').replace(/\r$/, '')
}
