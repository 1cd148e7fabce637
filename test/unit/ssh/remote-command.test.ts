import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import {
  type CommandStart,
  checkTexts,
  endCommand,
  inPlaceCommand,
  isPosixShell,
  type ShellStart,
  shellCommand,
  wrappedCommand,
} from '../../../src/ssh/remote-command.js'

/** The shells a remote user may have, as far as they are here; dash only where sh is another. */
const SHELLS = [
  '/bin/sh',
  '/bin/dash',
  '/bin/bash',
  '/bin/zsh',
  '/usr/bin/fish',
  '/bin/tcsh',
  '/bin/ksh',
  '/bin/mksh',
]
  .filter(existsSync)
  .filter((shell) => shell !== '/bin/dash' || realpathSync('/bin/sh') !== realpathSync(shell))

const NASTY: [string, string][] = [
  ['a word', 'word'],
  ['nothing', ''],
  ['blanks', '  two  blanks  '],
  ['a single quote', "it's"],
  ['single quotes only', "'''"],
  ['double quotes', 'say "hi"'],
  ['a backslash', 'a\\b'],
  ['a backslash at the end', 'a\\'],
  ['what printf would expand', '\\n\\101%s%d%%'],
  ['percent signs and a quote', "100%'s %s"],
  ['a line break', 'one\ntwo'],
  ['line breaks at the end', 'one\n\n'],
  ['a carriage return', 'one\rtwo'],
  ['a tab', 'one\ttwo'],
  ['a history expansion', 'wow! !! !$'],
  ['a variable', '$HOME \x24{HOME}'],
  ['a substitution', '$(id) `id`'],
  ['operators', 'a; b && c | d > e < f & g # h'],
  ['a pattern', '* ? [a-z] {a,b} ~'],
  ['letters beyond ASCII', 'Grüße, 世界 😀'],
  ['a control character', 'a\x01\x1b[31mb'],
  ['what looks like an option', '-n'],
]

let home: string
let program: string

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'remote-')))
  program = join(home, 'print')
  // Prints its directory, its argument and the variables, each ended by a NUL.
  writeFileSync(program, '#!/bin/sh\nprintf \'%s\\0\' "$PWD" "$#$1" "$A" "$B"\n', { mode: 0o755 })
  // The same for what is given to a shell.
  const given = '#!/bin/sh\nprintf \'%s\\0\' "$PWD" "$#$1" "$2" "$A" "$B"\n'
  writeFileSync(join(home, 'given'), given, { mode: 0o755 })
  for (const [, name] of NASTY) if (name) mkdirSync(join(home, 'sub', name), { recursive: true })
  mkdirSync(join(home, '-dash'))
  mkdirSync(join(home, '-'))
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

function run(shell: string, start: Partial<ShellStart>, env: Record<string, string> = {}) {
  const command = shellCommand({ cwd: null, env: {}, shell: program, ...start }) as string
  const output = execFileSync(shell, ['-c', command], {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, SHELL: program, ...env },
    encoding: 'utf8',
  })
  const [cwd, args, a, b] = output.split('\0')
  return { cwd, args, a, b }
}

describe.each(SHELLS)('shellCommand, run by %s', (shell) => {
  it.each(NASTY)('hands over a value exactly: %s', (_, value) => {
    expect(run(shell, { env: { A: value, B: `x${value}x` } })).toMatchObject({ a: value, b: `x${value}x` })
  })

  it.each(NASTY.filter(([, name]) => name))('starts in a directory named with %s', (_, name) => {
    const cwd = join(home, 'sub', name)
    expect(run(shell, { cwd, env: { A: 'a' } })).toMatchObject({ cwd, a: 'a' })
  })

  it.each([
    ['the home directory', '~', ''],
    ['a directory under it', "~/sub/it's", "/sub/it's"],
    ['a relative one', 'sub', '/sub'],
    ['one that looks like an option', '-dash', '/-dash'],
    ['one that means the last directory to cd', '-', '/-'],
  ])('starts in %s', (_, cwd, expected) => {
    expect(run(shell, { cwd }).cwd).toBe(home + expected)
  })

  it('starts nothing where the directory does not exist', () => {
    const command = shellCommand({ cwd: '/does/not/exist', env: {}, shell: program }) as string
    const { status, stdout } = spawnSync(shell, ['-c', command], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).not.toBe(0)
  })

  it('takes the user’s own shell, as a login shell, where none is named', () => {
    expect(run(shell, { shell: null, env: { A: 'a' } })).toMatchObject({ args: '1-l', a: 'a' })
  })

  it('starts a program that is no shell as it is', () => {
    expect(run(shell, {}).args).toBe('0')
  })

  it('starts a shell that is named as a login shell, whatever its path', () => {
    const named = join(home, "sub/it's", 'bash')
    writeFileSync(named, '#!/bin/sh\nprintf \'%s\\0\' "$PWD" "$#$1"\n', { mode: 0o755 })
    expect(run(shell, { shell: named }).args).toBe('1-l')
  })
})

describe('shellCommand', () => {
  it('is not needed where nothing is asked for', () => {
    expect(shellCommand({ cwd: null, env: {}, shell: null })).toBeNull()
  })

  it.each(NASTY)('is one line of printable ASCII for %s', (_, value) => {
    const command = shellCommand({ cwd: value, env: { A: value }, shell: null })
    expect(command).toMatch(/^[ -~]*$/)
  })

  it.each(NASTY)('holds between its outer quotes nothing that shells read differently: %s', (_, value) => {
    const [, word = ''] =
      /^exec sh -c '(.*)'$/.exec(shellCommand({ cwd: null, env: { A: value }, shell: null }) ?? '') ?? []
    expect(word).not.toBe('')
    // A backslash before a digit is the same in sh, fish and csh.
    expect(word).not.toMatch(/['!]|\\(?!\d{3})/)
  })
})

const MARK = 'ssh-mcp-abcdefghijklmnopqrstuvwx'
const PATH = '/usr/bin:/bin'
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

type Form = typeof wrappedCommand

interface Run {
  pid: number
  status: number | null
  signal: string | null
  /** What came behind the mark. */
  stdout: string
  stderr: string
  /** Lines of the mark. */
  marks: { stdout: string; stderr: string }
}

/** Runs a command as sshd does, with the user's shell. */
async function runs(
  shell: string,
  form: Form,
  start: Partial<CommandStart>,
  { terminal = false, input = '', env = {} as Record<string, string> } = {},
): Promise<Run> {
  const line = form({ cwd: null, env: {}, shell: null, command: 'true', ...start }, { text: MARK, terminal })
  const child = spawn(shell, ['-c', line], { cwd: home, env: { PATH, HOME: home, SHELL: shell, ...env } })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  child.stdin.on('error', () => {}).end(input)
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...end) => resolve(end))
  })
  const split = (text: string): [string, string] => {
    const end = text.startsWith(MARK) ? text.indexOf('\n') + 1 : 0
    return [text.slice(0, end), text.slice(end)]
  }
  const [[outMark, stdout], [errMark, stderr]] = [split(output.stdout), split(output.stderr)]
  return { pid: child.pid ?? 0, status, signal, stdout, stderr, marks: { stdout: outMark, stderr: errMark } }
}

const POSIX = SHELLS.filter(isPosixShell)
const OTHER = SHELLS.filter((shell) => !isPosixShell(shell))
const inPlace = POSIX.map((shell) => ['inPlaceCommand', shell, inPlaceCommand] as const)
const wrapped = (shells: readonly string[]) =>
  shells.map((shell) => ['wrappedCommand', shell, wrappedCommand] as const)

/** Prints its words, each ended by a NUL. */
const printed = (...texts: string[]): string => `printf '%s\\0' ${texts.map(quoted).join(' ')}`

describe.each([...wrapped(['/bin/sh', ...OTHER]), ['inPlaceCommand', '/bin/sh', inPlaceCommand] as const])(
  '%s, run by %s',
  (_, shell, form) => {
    it.concurrent.each(NASTY)(
      'hands over exactly, in command, variables and directory: %s',
      async (_, value) => {
        const cwd = join(home, 'sub', value)
        const { stdout, stderr, status } = await runs(shell, form, {
          command: value,
          shell: join(home, 'given'),
          env: { A: value, B: `x${value}x` },
          ...(value ? { cwd } : {}),
        })
        const command = value.startsWith('-') ? ` ${value}` : value
        const directory = value ? cwd : home
        expect(stdout.split('\0')).toEqual([directory, '2-c', command, value, `x${value}x`, ''])
        expect([stderr, status]).toEqual(['', 0])
      },
    )
  },
)

describe.each([...wrapped(SHELLS), ...inPlace])('%s, run by %s', (_, shell, form) => {
  it('hands over all of it at once', async () => {
    const values = NASTY.map(([, value]) => value)
    const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]))
    const command = printed(...values, ...Object.keys(env)).replace(/'V(\d+)'/g, '"$V$1"')
    const { stdout, stderr } = await runs(shell, form, { command, env, shell: '/bin/sh' })
    expect(stdout.split('\0').slice(0, -1)).toEqual([...values, ...values])
    expect(stderr).toBe('')
  })

  it('prints the mark on both streams, with the number of the process and the user’s shell', async () => {
    const command = 'echo out; echo err >&2'
    const { marks, pid, stdout, stderr } = await runs(shell, form, { command, shell: '/bin/sh' })
    expect(marks).toEqual({ stdout: `${MARK}\n`, stderr: `${MARK} ${pid} ${shell}\n` })
    expect([stdout, stderr]).toEqual(['out\n', 'err\n'])
  })

  it('prints the mark once where both streams are one', async () => {
    const { marks, pid } = await runs(shell, form, {}, { terminal: true })
    expect(marks).toEqual({ stdout: `${MARK} ${pid} ${shell}\n`, stderr: '' })
  })

  it('runs the command in the process whose number it printed', async () => {
    const { stdout, pid } = await runs(shell, form, { command: "sh -c 'echo $PPID'; true" })
    expect(stdout).toBe(`${pid}\n`)
  })
})

// What the outer shell makes no difference to: the wrapped form by one only.
describe.each([...wrapped(['/bin/sh']), ...inPlace])('%s, run by %s', (_, shell, form) => {
  it.concurrent.each([
    ['the home directory', '~', ''],
    ['a directory under it', "~/sub/it's", "/sub/it's"],
    ['a relative one', 'sub', '/sub'],
    ['one that looks like an option', '-dash', '/-dash'],
    ['one that means the last directory to cd', '-', '/-'],
  ])('runs in %s', async (_, cwd, expected) => {
    const { stdout, stderr } = await runs(shell, form, { cwd, command: 'pwd' })
    expect([stdout, stderr]).toEqual([`${home}${expected}\n`, ''])
  })

  it.concurrent.each([
    ['does not exist', '/does/not/exist'],
    ['is a file', 'print'],
    ['has a name that is to be quoted', "/no/it's $HOME\n"],
  ])('runs nothing in a directory that %s', async (_, cwd) => {
    const { stdout, stderr, status, marks } = await runs(shell, form, {
      cwd,
      command: 'echo ran; echo ran >&2',
    })
    expect([stdout, status]).toEqual(['', 1])
    expect(stderr).toContain(`ssh-mcp: ${cwd} is no directory that can be entered; nothing was run\n`)
    expect(stderr).not.toMatch(/^ran/m)
    expect(marks.stdout).toBe(`${MARK}\n`)
  })

  it.concurrent.each([
    ['a comment at its end', 'echo a # b', 'a\n'],
    ['nothing but a comment', '# b', ''],
    ['a line break at its end', 'echo a\n', 'a\n'],
    ['line breaks before it', '\n\necho a', 'a\n'],
    ['blanks around it', '  echo a  ', 'a\n'],
    ['several lines', 'echo a\necho b\n\necho c', 'a\nb\nc\n'],
    ['several commands', 'echo a; echo b && echo c', 'a\nb\nc\n'],
    ['a background command', 'true & echo a; wait', 'a\n'],
    ['a pipe', 'echo a | tr a b', 'b\n'],
  ])('runs a command with %s', async (_, command, expected) => {
    const { stdout, stderr } = await runs(shell, form, { command })
    expect([stdout, stderr]).toEqual([expected, ''])
  })

  it.concurrent.each([
    ['a heredoc', 'cat <<E\na $A\nb\nE\necho c', 'a 5\nb\nc\n'],
    ['a heredoc that is left as it is', "cat <<'E'\na $A `b` \\\\\nE", 'a $A `b` \\\\\n'],
    ['a heredoc at its end', 'cat <<E\na\nE', 'a\n'],
    ['an if of many lines', 'if true\nthen\n  echo a\nfi', 'a\n'],
  ])('runs a command with %s', async (_, command, expected) => {
    const { stdout } = await runs(shell, form, { command, env: { A: '5' } })
    expect(stdout).toBe(expected)
  })

  it('takes a command that begins with a dash for no option', async () => {
    const { stdout, status } = await runs(shell, form, { command: '-x; echo ran' })
    expect([stdout, status]).toEqual(['ran\n', 0])
  })

  it('leaves the input to the command', async () => {
    const input = 'echo no\n'.repeat(1000)
    expect((await runs(shell, form, { command: 'cat' }, { input })).stdout).toBe(input)
  })

  it.concurrent.each([0, 7, 255])('keeps the exit code %d', async (code) => {
    expect(await runs(shell, form, { command: `exit ${code}` })).toMatchObject({ status: code, signal: null })
  })

  it.each(['SIGKILL', 'SIGUSR1'])('keeps %s, which ends the command', async (signal) => {
    const command = `kill -${signal.slice(3)} $$; sleep 5`
    const ended = await runs(shell, form, { command, shell: '/bin/sh' })
    expect(ended).toMatchObject({ status: null, signal })
  })

  it('passes a marked line on that belongs to the command', async () => {
    const { stdout } = await runs(shell, form, { command: `echo ${MARK}` })
    expect(stdout).toBe(`${MARK}\n`)
  })
})

describe.each(POSIX)('inPlaceCommand, run by %s', (shell) => {
  it('hands words over exactly', async () => {
    const values = NASTY.map(([, value]) => value)
    const { stdout } = await runs(shell, inPlaceCommand, { command: printed(...values) })
    expect(stdout.split('\0').slice(0, -1)).toEqual(values)
  })

  it('does not start the user’s shell once more', async () => {
    const { stdout } = await runs(
      shell,
      inPlaceCommand,
      { command: 'echo ran' },
      { env: { SHELL: '/bin/false' } },
    )
    expect(stdout).toBe('ran\n')
  })

  it('lets the shell number lines as the caller does', async () => {
    const { stderr } = await runs(shell, inPlaceCommand, {
      env: { A: 'a' },
      cwd: home,
      command: 'true\ntrue\n)',
    })
    // A shell that reads the whole of it first has printed no mark.
    expect(stderr).toMatch(/\b3\b|near|unexpected/)
    expect(stderr).not.toMatch(/line [4-9]/)
  })
})

describe.each(SHELLS)('wrappedCommand, run by %s', (shell) => {
  it('gives the command to the user’s shell', async () => {
    const { stdout } = await runs(shell, wrappedCommand, { command: 'ls' }, { env: { SHELL: program } })
    expect(stdout.split('\0')[1]).toBe('2-c')
  })

  it.each(['', undefined])('gives it to sh where the user’s shell is %j', async (value) => {
    const env = value === undefined ? {} : { SHELL: value }
    const line = wrappedCommand(
      { cwd: null, env: {}, shell: null, command: 'echo ran' },
      { text: MARK, terminal: true },
    )
    const output = execFileSync(shell, ['-c', line], { env: { PATH, HOME: home, ...env }, encoding: 'utf8' })
    expect(output).toMatch(/\nran\n$/)
  })
})

/** A command that leads a session of its own, as sshd starts it. */
async function started(
  script: string,
): Promise<{ pid: number; lines: string[]; ended: Promise<string | number> }> {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  leftovers.push(child)
  const ended = new Promise<string | number>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? code ?? 'nothing'))
  })
  const lines = await new Promise<string[]>((resolve) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.endsWith('ready\n')) resolve(text.split('\n').slice(0, -2))
    })
  })
  return { pid: child.pid ?? 0, lines, ended }
}

const leftovers: ChildProcess[] = []
afterAll(() => {
  for (const { pid } of leftovers) {
    try {
      process.kill(-(pid ?? 0), 'SIGKILL')
    } catch {}
  }
})

/** Runs what ends a command, with less patience. @param proc what the text has instead of /proc */
const ending = (pid: number, shell = '/bin/sh', proc = '/proc', path = PATH): Promise<string> =>
  output(endCommand(pid).replaceAll('/proc', proc).replace('-lt 40', '-lt 4'), shell, path)

async function output(line: string, shell = '/bin/sh', path = PATH): Promise<string> {
  const child = spawn(shell, ['-c', line], {
    env: { PATH: path, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  return new Promise((resolve) => {
    child.on('close', () => resolve(text))
  })
}

/** Whether a process runs that is not only waiting to be looked at. */
function lives(pid: number): boolean {
  try {
    return !/\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** For a shell that makes groups though it has no terminal. */
const inBash = (script: string): string => `exec bash -c ${quoted(script)}`

const IGNORING = "trap '' TERM HUP INT; "
const linux = existsSync('/proc/self/stat')

describe.skipIf(!linux)('endCommand', { timeout: 20_000 }, () => {
  it.concurrent.each(['/bin/sh', ...OTHER])('ends a command and says so, run by %s', async (shell) => {
    const { pid, ended } = await started('sleep 60 & echo ready; wait')
    expect(await ending(pid, shell)).toBe('gone\n')
    expect(await ended).toBe('SIGTERM')
  })

  it.concurrent.each([
    ['what is in the background', 'sleep 60 & echo $!; echo ready; wait'],
    ['a group of its own, as timeout makes one', 'timeout 60 sleep 60 & echo $!; echo ready; wait'],
    [
      'groups of an interactive shell',
      inBash('set -m; sleep 60 & echo $!; sleep 60 & echo $!; echo ready; wait'),
    ],
    ['what its leader left behind', 'sleep 60 >/dev/null & echo $!; echo ready; exit 0'],
    [
      'what a leader left behind in a group of its own',
      'timeout 60 sleep 60 >/dev/null & echo $!; echo ready; exit 0',
    ],
  ])('ends %s', async (_, script) => {
    const { pid, lines } = await started(script)
    const pids = lines.map(Number)
    expect(pids.filter(lives)).toEqual(pids)
    expect(await ending(pid)).toBe('gone\n')
    expect(pids.filter(lives)).toEqual([])
  })

  it.concurrent('lets a command end politely', async () => {
    const { pid, ended } = await started("trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done")
    expect(await ending(pid)).toBe('gone\n')
    expect(await ended).toBe(9)
  })

  // More than one, and what the command runs to tidy up after the first is ended by the second.
  it.concurrent('asks each group but once, however many are in it', async () => {
    const { pid } = await started('sleep 60 & sleep 60 & timeout 60 sleep 60 & echo ready; wait')
    const told = endCommand(pid).replace('p=', 'kill() { echo kill \\$*; command kill \\$*; }; p=')
    const polite = (await output(told)).split('\n').filter((line) => line.startsWith('kill -TERM'))
    expect(polite).toHaveLength(2)
    expect(new Set(polite).size).toBe(2)
  })

  it.concurrent('ends by force what ignores the polite signals', async () => {
    const { pid, ended } = await started(`${IGNORING} echo ready; while :; do sleep 0.2; done`)
    expect(await ending(pid)).toBe('gone\n')
    expect(await ended).toBe('SIGKILL')
  })

  it.concurrent('leaves alone what has a session of its own', async () => {
    const { pid, lines } = await started(
      'setsid sh -c "echo \\$\\$; exec sleep 60" & sleep 0.1; echo ready; wait',
    )
    const [other = 0] = lines.map(Number)
    try {
      expect(await ending(pid)).toBe('gone\n')
      expect(lives(other)).toBe(true)
    } finally {
      process.kill(other, 'SIGKILL')
    }
  })

  it.concurrent('has nothing to do where all has ended', async () => {
    const { pid, ended } = await started('echo ready')
    await ended
    expect(await ending(pid)).toBe('gone\n')
  })

  it.concurrent('knows the process by the end of a name that looks like a state', async () => {
    const odd = join(home, 'a) Z 1 1')
    symlinkSync('/bin/sleep', odd)
    const { pid, lines } = await started(
      inBash(`set -m; ${quoted(odd)} 60 >/dev/null & echo $!; sleep 0.05; echo ready; exit 0`),
    )
    expect(await ending(pid)).toBe('gone\n')
    expect(lines.map(Number).filter(lives)).toEqual([])
  })

  /** A PATH with nothing but what everybody has: no ps. */
  const bare = (): string => {
    const directory = mkdtempSync(join(home, 'bare-'))
    for (const name of ['sh', 'sleep']) symlinkSync(`/bin/${name}`, join(directory, name))
    return directory
  }

  describe.each([
    ['ps does', () => PATH, /^gone\n$/],
    // What has ended may wait to be looked at by an init that does not; nobody can tell it then.
    ['nothing does', bare, /^(?:gone|left)\n$/],
  ])('where no /proc tells of processes, but %s', (_, path, said) => {
    it.concurrent('ends the group', async () => {
      const { pid, lines, ended } = await started('sleep 60 & echo $!; echo ready; wait')
      expect(await ending(pid, '/bin/sh', '/nowhere', path())).toMatch(said)
      expect(await ended).toBe('SIGTERM')
      expect(lines.map(Number).filter(lives)).toEqual([])
    })

    it.concurrent('ends by force what its leader left behind', async () => {
      const left = `${IGNORING} while :; do sleep 0.2; done >/dev/null & echo $!; echo ready; exit 0`
      const { pid, lines } = await started(left)
      expect(await ending(pid, '/bin/sh', '/nowhere', path())).toMatch(said)
      expect(lines.map(Number).filter(lives)).toEqual([])
    })

    it.concurrent('says that it is gone where it is', async () => {
      const { pid, ended } = await started('echo ready')
      await ended
      expect(await ending(pid, '/bin/sh', '/nowhere', path())).toBe('gone\n')
    })
  })

  it('is one simple command of printable ASCII', () => {
    expect(endCommand(4711)).toMatch(/^exec sh -c '[ -&(-~]*'$/)
    expect(endCommand(4711)).toContain('p=4711')
  })
})

/** What may be behind the name sh: a directory for PATH in which it is that. */
const SH: [string, () => string][] = [
  '/bin/dash',
  '/bin/bash',
  '/bin/zsh',
  '/bin/ksh',
  '/bin/busybox',
  '/bin/mksh',
]
  .filter(existsSync)
  .map((program) => [
    program,
    () => {
      const directory = mkdtempSync(join(home, 'sh-'))
      symlinkSync(program, join(directory, 'sh'))
      return `${directory}:${PATH}`
    },
  ])

describe.each(SH)('where sh is %s', (_, path) => {
  it('a wrapped command is run', async () => {
    const values = NASTY.map(([, value]) => value)
    const start = { command: printed(...values), env: { A: "it's" }, cwd: '~' }
    const { stdout, marks, pid } = await runs('/bin/bash', wrappedCommand, start, { env: { PATH: path() } })
    expect(stdout.split('\0').slice(0, -1)).toEqual(values)
    expect(marks.stderr).toBe(`${MARK} ${pid} /bin/bash\n`)
  })

  const ends = it.runIf(linux)
  ends('a command is ended', async () => {
    const { pid, lines } = await started('timeout 60 sleep 60 & echo $!; echo ready; wait')
    expect(await ending(pid, '/bin/sh', '/proc', path())).toBe('gone\n')
    expect(lines.map(Number).filter(lives)).toEqual([])
  })
})

const STARTS: [string, Partial<CommandStart>][] = [
  ...NASTY.map(([name, value]): [string, Partial<CommandStart>] => [
    name,
    { command: value, env: { A: value }, cwd: value || null, shell: value || null },
  ]),
  ['nothing but a command', { command: 'uptime' }],
]

describe.each(STARTS)('for a remote without a POSIX shell, with %s', (_, more) => {
  const start = { cwd: null, env: {}, shell: null, command: '', ...more }
  const lines = [true, false].map((terminal) => wrappedCommand(start, { text: MARK, terminal }))

  it.each(lines)('is one simple command with one word in single quotes: %s', (line) => {
    expect(line).toMatch(/^exec sh -c '[^'\n\r]*'$/)
    expect(line).toMatch(/^[ -~]*$/)
  })

  it.each([...lines, inPlaceCommand(start, { text: MARK, terminal: false })])(
    'never holds the mark unbroken: %s',
    (line) => {
      expect(line).not.toContain(MARK)
    },
  )
})

/** What cmd.exe takes for operators: these, where they are in no double quotes. */
function operators(line: string): string[] {
  const outside = line.split('"').filter((_, index) => index % 2 === 0)
  return outside.join('').match(/[&|<>]+/g) ?? []
}

describe('for cmd.exe', () => {
  it.each([
    ['one & two', ['&']],
    ['"one & two" || three', ['||']],
    ['"one & two"', []],
  ])('reads operators as it does: %s', (line, expected) => {
    expect(operators(line)).toEqual(expected)
  })

  it.each(['one & two', 'one || two', 'one | two', 'one > two'])('holds no operator: %s', (command) => {
    const start = { cwd: null, env: {}, shell: null, command }
    expect(operators(wrappedCommand(start, { text: MARK, terminal: true }))).toEqual([])
  })
})

describe('isPosixShell', () => {
  it.each([
    ['/bin/bash', true],
    ['/usr/local/bin/zsh', true],
    ['/system/bin/sh', true],
    ['ksh93', true],
    ['/usr/bin/fish', false],
    ['/bin/tcsh', false],
    ['/bin/csh', false],
    ['/usr/bin/nu', false],
    ['/usr/bin/git-shell', false],
    ['/bin/bash ', false],
    ['/bin/bash/x', false],
    ['', false],
  ])('of %j is %s', (path, expected) => {
    expect(isPosixShell(path)).toBe(expected)
  })
})

describe('checkTexts', () => {
  it.each(NASTY)('takes %s', (_, value) => {
    expect(() => checkTexts({ command: value, cwd: undefined })).not.toThrow()
  })

  it.each([
    ['a NUL', 'a\0b'],
    ['half of a UTF-16 pair', 'a\ud83d'],
    ['the other half', '\ude00a'],
    ['both halves in the wrong order', '\ude00\ud83d'],
  ])('refuses %s, by the name of the text', (_, value) => {
    expect(() => checkTexts({ command: 'ls', LANG: value })).toThrow(/^LANG holds a NUL or half/)
    expect(() => checkTexts({ command: value })).toThrow(ToolError)
  })
})
