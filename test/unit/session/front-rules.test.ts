import { describe, expect, it } from 'vitest'
import type { Look } from '../../../src/connection/look.js'
import { type Arming, armingFor, frontVerdict, type ScreenFacts } from '../../../src/session/front-rules.js'
import type { Evidence, ShellEvidence } from '../../../src/shell/evidence.js'

const SCREEN: ScreenFacts = {
  lineEditor: false,
  fullScreen: false,
  openLine: true,
  silentMs: 250,
  line: 'x> ',
}
const FRONT = { tty: '/dev/pts/1', loginPid: 7, group: 7, members: [], descended: false }

const look = (evidence: Evidence): Look => ({ evidence, front: FRONT })

const shell = (more: Partial<ShellEvidence> = {}): Look =>
  look({
    kind: 'shell',
    comm: 'bash',
    exe: '/bin/bash',
    pid: 7,
    loginPid: 7,
    canonical: false,
    echo: false,
    interruptible: true,
    reading: true,
    readBytes: null,
    sourcing: false,
    ...more,
  })

const program = (kind: 'line' | 'password' | 'keys' | 'relay' | 'working', comm = 'prog'): Look =>
  look({ kind, comm, pid: 9, canonical: true, echo: true, interruptible: true })

const unreadable = (more: object = {}): Look =>
  look({ kind: 'unreadable', comm: 'apt', pid: 9, canonical: true, echo: true, interruptible: true, ...more })

const dash = { comm: 'dash', exe: '/bin/dash', canonical: true, echo: true }
const ash = { comm: 'ash', exe: '/bin/busybox' }

describe('armingFor', () => {
  it.each<[string, Look | null, Partial<ScreenFacts>, Arming['act']]>([
    ['bash with its line editor', shell(), { lineEditor: true }, 'arm'],
    ['an older bash, by its prompt', shell(), { line: 'me@host:~$ ' }, 'arm'],
    ['an older bash with a prompt nobody knows', shell(), {}, 'later'],
    ['bash whose start file asks', shell({ canonical: true, echo: true }), { line: '$ ' }, 'later'],
    ['bash whose start file works', shell({ reading: false }), { lineEditor: true, line: '$ ' }, 'later'],
    ['bash where the other screen was left on', shell(), { lineEditor: true, fullScreen: true }, 'arm'],
    ['a prompt on the other screen', null, { lineEditor: true, fullScreen: true, line: 'a@b:~$ ' }, 'later'],
    [
      'zsh whose start file reads',
      shell({ comm: 'zsh', exe: null, sourcing: true }),
      { lineEditor: true },
      'later',
    ],
    ['zsh at a prompt nobody knows', shell({ comm: 'zsh', exe: null }), { lineEditor: true }, 'arm'],
    ['zsh that says nothing of its line editor', shell({ comm: 'zsh', exe: null }), { line: '$ ' }, 'arm'],
    ['zsh without its line editor', shell({ comm: 'zsh', exe: null }), {}, 'later'],
    ['dash at any prompt', shell(dash), {}, 'arm'],
    ['dash that reads a start file', shell({ ...dash, sourcing: true }), { line: '$ ' }, 'later'],
    [
      'dash of which little is known, by its prompt',
      shell({ ...dash, reading: null }),
      { line: '$ ' },
      'arm',
    ],
    ['dash of which little is known', shell({ ...dash, reading: null }), {}, 'later'],
    ['dash without any prompt', shell(dash), { openLine: false, line: '' }, 'later'],
    ['ash with its line editor', shell(ash), {}, 'arm'],
    ['ash whose read waits', shell({ ...ash, canonical: true, echo: true }), { line: 'name: ' }, 'later'],
    ['tcsh', shell({ comm: 'tcsh', exe: '/bin/tcsh' }), { line: '$ ' }, 'leave'],
    [
      'a program at something like a prompt',
      program('keys', 'python3'),
      { lineEditor: true, line: '$ ' },
      'leave',
    ],
    [
      'a relay at a shell prompt',
      program('relay', 'ssh'),
      { lineEditor: true, line: 'me@host:~$ ' },
      'identify',
    ],
    ['a relay at something else', program('relay', 'ssh'), { lineEditor: true, line: 'db=# ' }, 'leave'],
    ['nothing to be seen, at a shell prompt', null, { line: 'me@host:~$ ' }, 'identify'],
    ['nothing to be seen, at a router', null, { line: 'Router#' }, 'leave'],
  ])('%s', (_, seen, screen, act) => {
    expect(armingFor(seen, { ...SCREEN, ...screen }).act).toBe(act)
  })
})

describe('frontVerdict', () => {
  it.each<[string, Look | null, Partial<ScreenFacts>, string | null]>([
    ['a program that waits for a line', program('line'), {}, 'needs_input'],
    ['one that waits for a secret', program('password'), {}, 'password_prompt'],
    ['one that works', program('working'), { line: 'Password: ' }, null],
    ['one that listens for keys, just now', program('keys'), { line: '50%' }, null],
    [
      'one that listens for keys, for a while',
      program('keys'),
      { line: '50%', silentMs: 1000 },
      'needs_input',
    ],
    ['one with the whole screen', program('keys'), { fullScreen: true, line: '' }, 'needs_input'],
    ['a shell whose read waits', shell({ canonical: true, echo: true }), {}, 'needs_input'],
    ['a shell whose read waits for a secret', shell({ canonical: true }), {}, 'password_prompt'],
    ['a shell that works', shell({ reading: false }), {}, null],
    ['a shell at its prompt', shell(), { lineEditor: true }, null],
    ['a relay', program('relay'), {}, 'quiet'],
    ['a relay behind which a password is asked', program('relay'), { line: 'Password: ' }, 'pattern'],
    ['nothing to be seen', null, {}, 'quiet'],
    ['somebody else that asks', unreadable(), { line: 'Continue? [Y/n] ' }, 'pattern'],
    ['somebody else', unreadable(), { line: '50%' }, null],
    ['somebody else without echo', unreadable({ echo: false }), { line: ': ' }, 'password_prompt'],
  ])('%s', (_, seen, more, verdict) => {
    const screen = { ...SCREEN, ...more }
    expect(frontVerdict(seen, screen, armingFor(seen, screen))).toBe(verdict)
  })
})
