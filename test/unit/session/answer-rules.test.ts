import { describe, expect, it } from 'vitest'
import type { Look } from '../../../src/connection/look.js'
import { type AnswerFacts, type AnswerVerdict, answerVerdict } from '../../../src/session/answer-rules.js'
import type { Evidence } from '../../../src/shell/evidence.js'
import type { Query, Question } from '../../../src/terminal/queries.js'

const at = { end: 100, units: 50, editors: 2, edited: false }
const asks = (question: Question = { ask: 'attributes' }, more: Partial<Query> = {}): Query => ({
  question,
  ...at,
  ...more,
})
const CURSOR: Question = { ask: 'cursor', extended: false }

/** In the midst of a command of a shell that does not report. */
const FACTS: AnswerFacts = {
  units: 50,
  editors: 2,
  silentMs: 20,
  reporting: null,
  ready: false,
  promptFrom: 0,
  untypedSince: true,
  untouched: false,
  commandUntouched: false,
  cooked: 1,
  askers: new Set(),
}

const FRONT = { tty: '/dev/pts/1', loginPid: 7, group: 7, members: [], descended: false }
const look = (evidence: Evidence): Look => ({ evidence, front: FRONT })
const RAW = { canonical: false, echo: false, interruptible: false }
const COOKED = { canonical: true, echo: true, interruptible: true }

const program = (
  kind: 'line' | 'password' | 'keys' | 'relay' | 'working',
  comm = 'prog',
  modes = RAW,
): Look => look({ kind, comm, pid: 9, ...modes })
const unreadable = (modes: typeof RAW | { canonical: null; echo: null; interruptible: null }): Look =>
  look({ kind: 'unreadable', comm: 'apt', pid: 9, ...modes } as Evidence)
const shell = (comm: string, more: object = {}): Look =>
  look({
    ...{ kind: 'shell', comm, exe: `/bin/${comm}`, pid: 9, loginPid: 7 },
    ...{ reading: true, readBytes: null, sourcing: false, ...RAW, ...more },
  })

type Case = [string, Query, Look | null | undefined, Partial<AnswerFacts>, AnswerVerdict]
const reporting = (kind: 'bash' | 'zsh' | 'fish' | 'dash' | 'ash', ...traits: string[]) => ({ kind, traits })

describe('answerVerdict', () => {
  it.each<Case>([
    ['a command under way', asks(), undefined, { reporting: reporting('bash') }, 'look'],
    ['nobody who reports', asks(), undefined, {}, 'look'],
    [
      'a command that has ended',
      asks(),
      undefined,
      { reporting: reporting('bash'), promptFrom: 100 },
      'drop',
    ],
    [
      'the same, seen late',
      asks(),
      program('keys'),
      { reporting: reporting('bash'), promptFrom: 120 },
      'drop',
    ],
  ])('before a look: %s', (_, query, seen, facts, verdict) => {
    expect(answerVerdict(query, seen, { ...FACTS, ...facts })).toBe(verdict)
  })

  it.each<Case>([
    ['ash asks for its cursor', asks(CURSOR), undefined, { reporting: reporting('ash') }, 'answer'],
    [
      'but not with a question mark',
      asks({ ask: 'cursor', extended: true }),
      undefined,
      { reporting: reporting('ash') },
      'drop',
    ],
    ['nor what it is', asks(), undefined, { reporting: reporting('ash') }, 'drop'],
    ['fish 4', asks(), undefined, { reporting: reporting('fish', 'asks') }, 'answer'],
    ['an older fish', asks(), undefined, { reporting: reporting('fish') }, 'drop'],
    ['a job of bash', asks(CURSOR), undefined, { reporting: reporting('bash') }, 'drop'],
    ['a job of zsh', asks(CURSOR), undefined, { reporting: reporting('zsh') }, 'drop'],
    ['a job of dash', asks(CURSOR), undefined, { reporting: reporting('dash') }, 'drop'],
    [
      'ash, but something was typed',
      asks(CURSOR),
      undefined,
      { reporting: reporting('ash'), untypedSince: false },
      'drop',
    ],
  ])('at the prompt of a shell that reports: %s', (_, query, seen, facts, verdict) => {
    const prompt = { ready: true, promptFrom: 90 }
    expect(answerVerdict(query, seen, { ...FACTS, ...prompt, ...facts })).toBe(verdict)
  })

  it.each<Case>([
    ['a program that waits for keys', asks(), program('keys', 'vim'), { units: 500 }, 'answer'],
    ['one that works', asks(), program('working', 'vim'), {}, 'again'],
    ['a pager, which shows what others wrote', asks(), program('keys', 'less'), {}, 'drop'],
    ['cat', asks(), program('line', 'cat', COOKED), { cooked: 2 }, 'drop'],
    ['what may be about to change the mode', asks(), program('working', 'sh', COOKED), {}, 'again'],
    ['a password', asks(), program('password', 'sudo', { ...COOKED, echo: false }), { cooked: 2 }, 'drop'],
    ['a raw terminal of somebody else’s program', asks(), unreadable(RAW), {}, 'answer'],
    ['a cooked one', asks(), unreadable(COOKED), { cooked: 2 }, 'drop'],
  ])('a program in front: %s', (_, query, seen, facts, verdict) => {
    expect(answerVerdict(query, seen, { ...FACTS, ...facts })).toBe(verdict)
  })

  it.each<Case>([
    ['fish that starts', asks(), shell('fish'), {}, 'answer'],
    ['fish at a prompt', asks(CURSOR, { edited: true }), shell('fish'), {}, 'drop'],
    [
      'one that asked as it started',
      asks(CURSOR, { edited: true }),
      shell('fish'),
      { askers: new Set([9]) },
      'answer',
    ],
    ['ash that asks for its cursor', asks(CURSOR), shell('ash'), {}, 'answer'],
    ['something else in front of ash', asks(), shell('ash'), {}, 'drop'],
    ["bash's own read", asks(CURSOR), shell('bash'), {}, 'answer'],
    ['bash at its prompt', asks(CURSOR, { edited: true }), shell('bash'), {}, 'drop'],
    ['a prompt that has come since', asks(CURSOR), shell('bash'), { editors: 3 }, 'drop'],
    ['the same, by its text', asks(CURSOR), shell('bash'), { units: 60 }, 'drop'],
    [
      'an older bash, of which nothing shows',
      asks(CURSOR, { editors: 0 }),
      shell('bash'),
      { editors: 0 },
      'drop',
    ],
    [
      'the same, as it starts',
      asks(CURSOR, { editors: 0 }),
      shell('bash'),
      { editors: 0, untouched: true },
      'answer',
    ],
    ['a shell that works', asks(), shell('zsh', { reading: false }), {}, 'again'],
    ['ksh', asks(), shell('ksh'), { untouched: true }, 'drop'],
    ['dash', asks(), shell('dash', COOKED), { cooked: 2 }, 'drop'],
  ])('a shell in front: %s', (_, query, seen, facts, verdict) => {
    expect(answerVerdict(query, seen, { ...FACTS, ...facts })).toBe(verdict)
  })

  it.each<Case>([
    ['amid a session', asks(), null, { silentMs: 500 }, 'drop'],
    ['what begins, so far', asks(), null, { untouched: true }, 'again'],
    ['what begins, and waits', asks(), null, { untouched: true, silentMs: 500 }, 'answer'],
    ['what begins, and goes on', asks(), null, { untouched: true, units: 51 }, 'drop'],
    ['what begins, with a line editor', asks(), null, { untouched: true, editors: 3 }, 'drop'],
    ['only the command is untouched', asks(), null, { commandUntouched: true, silentMs: 500 }, 'drop'],
    ['a machine behind', asks(), program('relay', 'ssh'), { silentMs: 500 }, 'drop'],
    [
      'one where nothing was typed yet',
      asks(),
      program('relay', 'ssh'),
      { commandUntouched: true, silentMs: 500 },
      'answer',
    ],
    [
      'a terminal that may not be read',
      asks(),
      unreadable({ canonical: null, echo: null, interruptible: null }),
      { silentMs: 500 },
      'drop',
    ],
  ])('where nobody sees who reads: %s', (_, query, seen, facts, verdict) => {
    expect(answerVerdict(query, seen, { ...FACTS, ...facts })).toBe(verdict)
  })
})
