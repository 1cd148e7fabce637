import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeSessions, eventually, type Facts } from '../support/harness.js'
import { describeTerminals, installed } from '../support/remote.js'

const SHELLS = ['bash', 'zsh', 'fish', 'dash', 'ash'].filter(
  (shell) => shell === 'ash' || existsSync(`/usr/bin/${shell}`),
)

/** Asks its terminal what its first argument says, and prints what it is told up to the answer to DA1. */
const ASK = `
import os, select, sys, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, sys.argv[1].encode().decode('unicode_escape').encode('latin1'))
told = b''
while not told.endswith(b'22c') and select.select([0], [], [], 8)[0]:
    told += os.read(0, 1000)
termios.tcsetattr(0, termios.TCSANOW, old)
print('told', told.decode().replace('\\x1b', '^').replace('\\x07', '!'))
`

/** Asks, waits until it is told something, and goes without having read it. */
const IGNORE = `
import os, select, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b'\\x1b[6n\\x1b[c')
select.select([0], [], [], 8)
termios.tcsetattr(0, termios.TCSANOW, old)
`

/** Shows many queries on a raw terminal and counts what it is told. */
const FLOOD = `
import os, select, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
for i in range(200):
    os.write(1, b'\\x1b[c' * 1000)
told = 0
while select.select([0], [], [], 1 if told else 8)[0]:
    told += os.read(0, 100000).count(b'c')
termios.tcsetattr(0, termios.TCSANOW, old)
print('told', told)
`

/** As fish 4 starts: it asks before its first prompt, and is of no use until it is told, or for ten seconds. */
const STARTS = `#!/usr/bin/python3
import os, select, subprocess, sys, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b'\\x1b[?u\\x1bP+q696e646e\\x1b\\\\\\x1b[0c')
told = b''
while not told.endswith(b'c') and select.select([0], [], [], 10)[0]:
    told += os.read(0, 1000)
termios.tcsetattr(0, termios.TCSANOW, old)
os.environ['TOLD'] = told.decode().replace('\\x1b', '^')
os.execv('/bin/bash', ['bash', '--norc'])
`

/** What somebody may have put into a file that is printed. */
const EVERYTHING = '\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[18t\x1b]11;?\x07\x1b]4;1;?\x07\x1bZ'

describeSessions('a program that asks its terminal', (bench) => {
  const inHome = (name: string) => join(bench.sshd.home, name)
  const open = (session_name: string, args = {}) =>
    bench.client.ensure({ ...bench.sshd.connection, session_name, cols: 100, rows: 30, ...args })
  const openShell = (session_name: string, shell: string, args = {}) =>
    open(session_name, { shell: shell === 'ash' ? inHome('ash') : shell, ...args })
  const run = (session_id: string, command: string, args = {}): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id, command, timeout_seconds: 20, ...args })
  const ask = (questions: string) => `python3 ${inHome('ask.py')} '${questions}'`
  const raw = async (session_id: string): Promise<string> =>
    (await bench.client.read(session_id, { offset: 0, format: 'raw', wait_seconds: 0 })).output

  beforeAll(async () => {
    const files = { 'ask.py': ASK, 'ignore.py': IGNORE, 'flood.py': FLOOD, evil: EVERYTHING }
    for (const [name, text] of Object.entries(files)) writeFileSync(inHome(name), text)
    writeFileSync(inHome('starts'), STARTS, { mode: 0o755 })
    symlinkSync('/bin/busybox', inHome('ash'))
    await open('asker')
  })

  it('gets the answers of a terminal, in the order of its questions', async () => {
    const asked = await run('asker', ask('ab\\x1b[6n\\x1b[5n\\x1b[18t\\x1b]11;?\\x07\\x1b[>c\\x1b[c'))
    expect(asked).toMatchObject({ finished: true, exit_code: 0 })
    const [, row] = /told \^\[(\d+);3R/.exec(asked.output) ?? []
    expect(asked.output).toBe(
      `abtold ^[${row};3R^[0n^[8;30;100t^]11;rgb:0000/0000/0000!^[>1;10;0c^[?62;22c\n`,
    )
    expect(await run('asker', 'echo ok')).toMatchObject({ output: 'ok\n' })
  })

  it('is told where the cursor was when it asked, whatever it has drawn since', async () => {
    const asked = await run('asker', ask('\\x1b[2J\\x1b[5;9Hhere\\x1b[6n\\x1b[2J\\x1b[H\\x1b[6n\\x1b[c'))
    expect(asked.output).toContain('told ^[5;13R^[1;1R^[?62;22c\n')
  })

  it('gets them where no shell reports', async () => {
    await open('bare', { integration: false })
    const asked = await bench.client.write('bare', `${ask('\\x1b[3;7H\\x1b[6n\\x1b[c')}\n`, {
      wait_for: 'pattern',
      pattern: 'told .*',
    })
    expect(asked).toMatchObject({ wait_ended_by: 'pattern' })
    expect(asked.output).toContain('told ^[3;7R^[?62;22c\n')
  })

  it('gets them from the input of a shell’s own read', async () => {
    const asked = await run('asker', 'read -s -d R -p $\'\\e[6n\' told; echo "${told#?}"')
    expect(asked).toMatchObject({ finished: true, output: expect.stringMatching(/^\[\d+;1\n$/) })
  })

  it('gets them for a prompt that asks, from the first on', async () => {
    // As people do to begin their prompt in the first column.
    const asks = `PROMPT_COMMAND='IFS=";" read -rs -d R -t 9 -p $'"'\\e[6n'"' _ COLUMN; PS1="at $COLUMN$ "'`
    writeFileSync(inHome('asks'), asks)
    writeFileSync(inHome('asking'), '#!/bin/sh\nexec bash --rcfile ~/asks\n', { mode: 0o755 })
    const began = performance.now()
    const opened = await open('prompt-asks', { shell: inHome('asking') })
    expect(opened).toMatchObject({ wait_ended_by: 'prompt', output: 'at 1$ ' })
    expect(await run('prompt-asks', "printf 'four'")).toMatchObject({ output: 'four' })
    expect(await run('prompt-asks', 'echo ok')).toMatchObject({ output: 'ok\n' })
    expect((await bench.client.read('prompt-asks', { offset: 0 })).output).toContain('fourat 5$ echo ok')
    expect(performance.now() - began).toBeLessThan(9000)
    // Though it is one among many that are none.
    const flood = await run('prompt-asks', "python3 -c \"print('\\x1b[c' * 500000, end='')\"")
    expect(flood).toMatchObject({ finished: true, output: '' })
    expect(await run('prompt-asks', 'echo ok')).toMatchObject({ output: 'ok\n' })
  })

  it('is not taken for one that waits for input', async () => {
    // What waits for keys behind such words is what a person is asked.
    const asked = await run('asker', ask('Continue? (y/n): \\x1b[c'))
    expect(asked).toMatchObject({ finished: true, wait_ended_by: 'finished' })
  })

  it('is a shell that asks before its first prompt', async () => {
    const began = performance.now()
    const opened = await open('starts', { shell: inHome('starts') })
    expect(opened).toMatchObject({ running: true, wait_ended_by: 'prompt' })
    expect(await run('starts', 'echo "$TOLD"')).toMatchObject({ output: '^[?62;22c\n' })
    // It gives up after ten.
    expect(performance.now() - began).toBeLessThan(9000)
  })

  it('is such a shell on a machine behind, where it cannot be seen', async () => {
    const { port, identityFile, knownHosts } = bench.sshd
    const files = `-i ${identityFile} -o UserKnownHostsFile=${knownHosts}`
    await open('outer')
    const began = performance.now()
    const inside = await run('outer', `ssh -tt -p ${port} ${files} ${userInfo().username}@127.0.0.1 ~/starts`)
    expect(inside).toMatchObject({ finished: false, wait_ended_by: 'prompt' })
    expect(await run('outer', 'echo "$TOLD"')).toMatchObject({ output: '^[?62;22c\n' })
    expect(performance.now() - began).toBeLessThan(9000)
    // What is printed there is not answered: the terminal here is in raw mode all the time.
    expect(await run('outer', 'cat ~/evil; sleep 0.5')).toMatchObject({ finished: true, output: '' })
    expect(await run('outer', 'echo ok')).toMatchObject({ output: 'ok\n' })
  })

  it('is such a shell without integration', async () => {
    await open('starts-bare', { shell: inHome('starts'), integration: false })
    const told = await bench.client.write('starts-bare', 'echo "<$TOLD>"\n', {
      wait_for: 'pattern',
      pattern: '^<.*>',
    })
    expect(told.output).toContain('\n<^[?62;22c>\n')
  })

  it.skipIf(!installed('script'))('is busybox, which asks where its prompt begins', async () => {
    const log = inHome('typed')
    const shell = inHome('logged')
    writeFileSync(shell, `#!/bin/sh\nexec script -q -f -I ${log} -c '${inHome('ash')} -i'\n`, { mode: 0o755 })
    await open('ash-prompt', { shell })
    expect(await run('ash-prompt', "printf 'four'")).toMatchObject({ output: 'four' })
    await eventually('it is told', () => /four|R$/.test(readFileSync(log, 'latin1')))
    expect(await run('ash-prompt', 'echo ok')).toMatchObject({ output: 'ok\n' })
    expect(readFileSync(log, 'latin1')).toMatch(/\x1b\[\d+;\d+R/)
  })

  it.skipIf(!installed('vim'))('is vim, which asks while it draws', async () => {
    await open('vim')
    await bench.client.write('vim', 'LC_ALL=C.UTF-8 vim --clean ~/new\n')
    // Its answers come by and by.
    await eventually('vim is told', async () => {
      await bench.client.write(
        'vim',
        ':call writefile([v:termresponse, v:termrbgresp, &background], $HOME."/vim.told")\r',
      )
      return existsSync(inHome('vim.told')) && readFileSync(inHome('vim.told'), 'latin1').includes('0000')
    })
    const told = readFileSync(inHome('vim.told'), 'latin1').replaceAll('\x1b', '^')
    expect(told).toMatch(/^\^\[>1;10;0c\n\^\]11;rgb:0000\/0000\/0000.*\ndark\n$/)
    await bench.client.write('vim', ':q!\r', { wait_for: 'prompt' })
    expect(await run('vim', 'echo ok')).toMatchObject({ output: 'ok\n' })
  })

  it.skipIf(!installed('fzf'))('is fzf, which draws nothing before it knows where', async () => {
    await bench.client.write('asker', 'seq 50 | fzf --height 40% --query 42\n')
    await eventually('it has drawn', async () => (await raw('asker')).includes('1/50'))
    expect(await bench.client.write('asker', '\r', { wait_for: 'prompt' })).toMatchObject({
      wait_ended_by: 'prompt',
      output: expect.stringContaining('\n42\n'),
    })
    expect(await run('asker', 'echo ok')).toMatchObject({ output: 'ok\n' })
  })

  describe('what is no question of a program in raw mode', () => {
    it.each(SHELLS)('a file that is printed types nothing into %s', async (shell) => {
      const name = `cat-${shell}`
      await openShell(name, shell)
      const printed = `cat ${inHome('evil')}`
      for (const command of [
        printed,
        `${printed}; sleep 0.5`,
        `sleep 0.2; ${printed}`,
        `${printed}; ${printed}`,
      ]) {
        expect(await run(name, command), command).toMatchObject({ finished: true, exit_code: 0, output: '' })
        expect(await run(name, 'echo ok'), command).toMatchObject({ output: 'ok\n', exit_code: 0 })
      }
      // What was typed too late would have come by now.
      expect(await run(name, 'sleep 0.5; echo ok')).toMatchObject({ output: 'ok\n' })
      expect(await raw(name)).not.toMatch(/62;22c|\d;\d+R|0n/)
    })

    it.each(SHELLS)('nor where %s does not report', async (shell) => {
      const name = `bare-${shell}`
      await openShell(name, shell, { integration: false })
      await bench.client.write(name, `cat ${inHome('evil')}\n`)
      await bench.client.write(name, `cat ${inHome('evil')}; sleep 0.5\n`)
      const last = { wait_for: 'pattern', pattern: '^ok$' }
      const written = await bench.client.write(name, 'sleep 0.5; echo o""k\n', last)
      expect(written).toMatchObject({ wait_ended_by: 'pattern' })
      expect(await raw(name)).not.toMatch(/62;22c|\d;\d+R|0n/)
    })

    it.each(SHELLS.filter((shell) => shell !== 'fish'))('a job in the background of %s', async (shell) => {
      const name = `job-${shell}`
      await openShell(name, shell)
      await run(name, `(sleep 0.3; cat ${inHome('evil')}; touch ${inHome(name)}) &`)
      await eventually('the job has printed', () => existsSync(inHome(name)))
      // Some shells tell here that the job is done.
      expect((await run(name, 'sleep 0.3; echo ok')).output).toMatch(/^ok$/m)
      expect(await raw(name)).not.toMatch(/62;22c|\d;\d+R|0n/)
    })

    it.each(SHELLS)('a program that does not wait for the answer: %s', async (shell) => {
      const name = `gone-${shell}`
      await openShell(name, shell)
      const asks = "stty raw -echo; printf '\\033[6n\\033[c'"
      for (const command of [`${asks}; stty sane`, `${asks}; sleep 0.3; stty sane`]) {
        expect(await run(name, `sh -c "${command}"`), command).toMatchObject({ finished: true })
        expect(await run(name, 'echo ok'), command).toMatchObject({ output: 'ok\n' })
      }
    })

    // dash has no line editor: what was left is a part of the line that it has begun to read.
    const editing = SHELLS.filter((shell) => shell !== 'dash')
    it.each(editing)('an answer that nobody has read is taken away: %s', async (shell) => {
      const name = `left-${shell}`
      await openShell(name, shell)
      for (let i = 0; i < 3; i++) {
        expect(await run(name, `python3 ${inHome('ignore.py')}`)).toMatchObject({
          finished: true,
          exit_code: 0,
        })
        expect(await run(name, 'echo ok')).toMatchObject({ output: 'ok\n' })
      }
    })

    it('a flood, in a shell and on a raw terminal', async () => {
      await open('flood')
      const flood = "python3 -c \"print('\\x1b[c\\x1b[6n' * 1000000, end='')\""
      expect(await run('flood', flood)).toMatchObject({ finished: true, output: '' })
      expect(await run('flood', 'echo ok')).toMatchObject({ output: 'ok\n' })
      expect(await run('flood', 'sleep 0.5; echo ok')).toMatchObject({ output: 'ok\n' })
      const told = await run('flood', `python3 ${inHome('flood.py')}`)
      // On a slow machine it may be seen to wait for a second, and is said to.
      const rest = told.finished
        ? ''
        : (await bench.client.read('flood', { wait_for: 'prompt', wait_seconds: 30 })).output
      const [, count] = /told (\d+)/.exec(told.output + rest) ?? []
      expect(Number(count)).toBeGreaterThan(0)
      expect(Number(count)).toBeLessThanOrEqual(400)
    })
  })
})

describeTerminals(
  'a program that asks its terminal where nothing can be seen',
  (bench) => {
    it('is told as it starts, before anything was typed, and later no more', async () => {
      const { remote } = bench
      const starts = join(remote.sshd.home, 'starts')
      writeFileSync(starts, STARTS, { mode: 0o755 })
      writeFileSync(join(remote.sshd.home, 'evil'), EVERYTHING)
      const began = performance.now()
      await remote.client.ensure({ ...remote.sshd.connection, session_name: 'blind', shell: starts })
      const run = (command: string): Promise<Facts> =>
        remote.client.call('ssh_run', { session_id: 'blind', command, timeout_seconds: 20 })
      expect(await run('echo "$TOLD"')).toMatchObject({ output: '^[?62;22c\n' })
      expect(performance.now() - began).toBeLessThan(9000)
      expect(await run('cat ~/evil; sleep 0.5')).toMatchObject({ output: '' })
      expect(await run('echo ok')).toMatchObject({ output: 'ok\n' })
    })
  },
  { config: ['MaxSessions 1'] },
)
