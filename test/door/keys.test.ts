import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysToInput } from '../../src/terminal/keys.js'

const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** Writes down what it is sent, byte by byte, once it has set its terminal up. */
const READER = `
const { appendFileSync } = require('node:fs')
process.stdin.setRawMode(true)
process.stdin.on('data', (data) => appendFileSync(process.argv[3], data.toString('hex')))
process.stdout.write('\\x1b[?1' + process.argv[2], () => appendFileSync(process.argv[3], 'ready\\n'))
`

const FUNCTION_KEYS = Array.from({ length: 12 }, (_, index) => `F${index + 1}`)
const CURSOR = ['Up', 'Down', 'Right', 'Left']
const EDITING = ['IC', 'DC', 'Home', 'End', 'NPage', 'PageDown', 'PgDn', 'PPage', 'PageUp', 'PgUp']
const WITH_PARAMETER = [...CURSOR, ...EDITING, ...FUNCTION_KEYS]
const PLAIN = ['BSpace', 'BTab', 'Enter', 'Escape', 'Space', 'Tab', 'a', 'Z', '-', 'é', '^']

/** For tmux's own kind of terminal these two are CSI 1 ~ and CSI 4 ~ in every mode; an xterm's are CSI H and CSI F. */
const DIFFERENT = ['Home', 'End']

const KEYS = [
  ...WITH_PARAMETER.filter((key) => !DIFFERENT.includes(key)),
  ...['C-', 'M-', 'S-', 'C-M-', 'M-C-', 'C-S-', 'S-C-', 'M-S-', 'C-M-S-', 'S-M-C-', '^', '^M-'].flatMap(
    (modifiers) => WITH_PARAMETER.map((key) => modifiers + key),
  ),
  ...PLAIN,
  ...PLAIN.map((key) => `M-${key}`),
  ...[...'abcxyzAZ@[]_^?', 'Space'].flatMap((key) => [`C-${key}`, `C-M-${key}`, `M-C-${key}`, `^${key}`]),
  ...['C-/', 'C--', 'C-2', 'up', 'ENTER', 'pgup'],
]

describe.skipIf(!hasTmux)('keysToInput, by what tmux sends', { timeout: 120_000 }, () => {
  let folder: string
  const tmux = (...args: string[]): void => {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      TMUX_TMPDIR: folder,
    }
    execFileSync('tmux', ['-f', '/dev/null', ...args], { env, stdio: 'pipe' })
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'))
    writeFileSync(join(folder, 'reader.cjs'), READER)
  })

  afterAll(() => {
    tmux('kill-server')
    rmSync(folder, { recursive: true, force: true })
  })

  async function sentBy(mode: string, expected: string): Promise<string> {
    const file = join(folder, mode)
    writeFileSync(file, '')
    tmux('new-session', '-d', '-s', mode, process.execPath, join(folder, 'reader.cjs'), mode, file)
    const until = async (done: (text: string) => boolean): Promise<string> => {
      for (let i = 0; i < 500 && !done(readFileSync(file, 'utf8')); i++) await sleep(20)
      return readFileSync(file, 'utf8')
    }
    await until((text) => text.includes('ready'))
    // What the reader asked its terminal for is read by tmux in its own time.
    await sleep(200)
    for (const key of KEYS) tmux('send-keys', '-t', mode, '--', key, '|')
    const sent = await until((text) => text.length >= 'ready\n'.length + expected.length)
    return sent.slice('ready\n'.length)
  }

  it.each([
    ['application-cursor', 'h', true],
    ['normal', 'l', false],
  ])('in %s mode', async (_, mode, applicationCursor) => {
    const ours = KEYS.map((key) => keysToInput([key, '|'], { applicationCursor }))
    const sent = Buffer.from(await sentBy(mode, Buffer.from(ours.join('')).toString('hex')), 'hex').toString()
    const theirs = sent.split('|').slice(0, -1)
    expect(KEYS.map((key, index) => [key, theirs[index]])).toEqual(
      KEYS.map((key, index) => [key, (ours[index] as string).slice(0, -1)]),
    )
  })
})
