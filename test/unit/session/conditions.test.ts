import { describe, expect, it } from 'vitest'
import {
  AHEAD_MS,
  PROMPT_SETTLE_MS,
  QUESTION_MS,
  QUIET_MS,
  UNPROMPTED_SETTLE_MS,
} from '../../../src/common/limits.js'
import {
  type Condition,
  exited,
  outputAfter,
  patternFound,
  promptAfter,
  type QuietOptions,
  quietAfter,
  settledOnLine,
  type Verdict,
  type WaitFacts,
} from '../../../src/session/conditions.js'
import { EchoFilter } from '../../../src/terminal/echo.js'
import { compilePattern } from '../../../src/terminal/pattern.js'

const SIZE = { cols: 80, rows: 24 }
const AT_PROMPT = { reports: true, ready: true }

const facts = (more: Partial<WaitFacts> = {}): WaitFacts => ({
  running: true,
  units: 0,
  openLine: false,
  prompted: true,
  fullScreen: false,
  lineEditor: false,
  prompts: 0,
  reports: false,
  ready: false,
  morePrompts: false,
  concluded: true,
  front: null,
  works: false,
  outputAt: 0,
  sent: true,
  now: 10_000,
  ...more,
})

const PROMPT = { lineEditor: true, openLine: true, prompts: 1 }

describe('outputAfter', () => {
  it.each([
    ['nothing yet', 5, null],
    ['something new', 6, 'output'],
  ])('%s', (_, units, verdict) => {
    expect(outputAfter(5).verdict(facts({ units }))).toBe(verdict)
  })
})

describe('exited', () => {
  it('is met by nothing but the exit', () => {
    expect(exited().verdict(facts({ ...PROMPT, units: 99 }))).toBeNull()
  })
})

describe('promptAfter', () => {
  it.each<[string, number, Partial<WaitFacts>, Verdict]>([
    ['a prompt that stands', -1, PROMPT, 'prompt'],
    ['the first prompt', 0, PROMPT, 'prompt'],
    ['the prompt from before the input', 1, PROMPT, null],
    ['the next prompt', 1, { ...PROMPT, prompts: 2 }, 'prompt'],
    ['a line editor that shows no prompt yet', 0, { ...PROMPT, openLine: false, outputAt: 10_000 }, QUIET_MS],
    [
      'a line editor with an empty prompt',
      0,
      { ...PROMPT, openLine: false, outputAt: 10_000 - QUIET_MS },
      'prompt',
    ],
    [
      'a prompt from before the switch',
      0,
      { ...PROMPT, prompted: false, outputAt: 10_000 },
      UNPROMPTED_SETTLE_MS,
    ],
    [
      'a prompt of a shell that reports',
      0,
      { prompts: 1, reports: true, ready: true, outputAt: 10_000 },
      'prompt',
    ],
    [
      'the first of several prompts',
      0,
      { prompts: 1, reports: true, ready: true, morePrompts: true, outputAt: 10_000 },
      AHEAD_MS,
    ],
    [
      'the last of several prompts',
      0,
      { prompts: 1, reports: true, ready: true, morePrompts: true, outputAt: 10_000 - AHEAD_MS },
      'prompt',
    ],
    ['an editor on the whole screen', 0, { ...PROMPT, fullScreen: true }, null],
    ['a command that runs', 0, { ...PROMPT, lineEditor: false }, null],
    ['input that was not taken yet', 0, { ...PROMPT, sent: false }, null],
    ['a prompt that was drawn just now', 0, { ...PROMPT, outputAt: 10_000 }, PROMPT_SETTLE_MS],
    ['a prompt that is nearly settled', 0, { ...PROMPT, outputAt: 10_001 - PROMPT_SETTLE_MS }, 1],
    ['a prompt that is just settled', 0, { ...PROMPT, outputAt: 10_000 - PROMPT_SETTLE_MS }, 'prompt'],
  ])('%s', (_, after, more, verdict) => {
    expect(promptAfter(after).verdict(facts(more))).toBe(verdict)
  })
})

describe('quietAfter', () => {
  const options: QuietOptions = {
    prompts: 0,
    units: 100,
    afterOutput: false,
    answer: null,
    full: 1000,
    since: null,
  }
  const verdictOf = (more: Partial<QuietOptions>, now: Partial<WaitFacts>, ...output: string[]): Verdict => {
    const condition = quietAfter({ ...options, ...more })
    for (const chunk of output) condition.output?.(Buffer.from(chunk))
    return condition.verdict(facts({ units: 100, ...now }))
  }

  it.each<[string, Partial<QuietOptions>, Partial<WaitFacts>, Verdict]>([
    ['no output yet', {}, {}, null],
    ['output just now', {}, { units: 101, outputAt: 10_000 }, QUIET_MS],
    ['output a while ago', {}, { units: 101, outputAt: 10_000 - QUIET_MS }, 'quiet'],
    ['a Ctrl-C at a prompt just now', { interrupts: true, since: 9500 }, { ...AT_PROMPT, outputAt: 0 }, 500],
    ['one of which nothing came', { interrupts: true, since: 9000 }, { ...AT_PROMPT, outputAt: 0 }, 'prompt'],
    [
      'one behind which something came',
      { interrupts: true, since: 0 },
      { ...AT_PROMPT, outputAt: 9900 },
      900,
    ],
    ['one that ends a command', { interrupts: true, since: 0 }, { reports: true, outputAt: 0 }, null],
    [
      'a prompt comes before silence',
      {},
      { ...PROMPT, units: 101, outputAt: 10_000 - PROMPT_SETTLE_MS },
      'prompt',
    ],
    [
      'of prompt and silence the sooner is looked at',
      {},
      { ...PROMPT, units: 101, outputAt: 10_000 },
      PROMPT_SETTLE_MS,
    ],
    ['the present prompt will do', { prompts: -1 }, PROMPT, 'prompt'],
    ['the present prompt does not do after a write', { prompts: 1 }, PROMPT, null],
    ['the present prompt does not count before output', { prompts: -1, afterOutput: true }, PROMPT, null],
    ['input that was not taken yet', {}, { units: 101, sent: false }, null],
    ['a reply that is full', {}, { units: 1100, outputAt: 10_000 }, 'output'],
    ['a reply that is full, the input not taken', {}, { units: 1100, sent: false }, 'output'],
    ['a reply that is nearly full', {}, { units: 1099, outputAt: 10_000 }, QUIET_MS],
  ])('%s', (_, more, now, verdict) => {
    expect(verdictOf(more, now)).toBe(verdict)
  })

  it.each<[string, string, string[], Verdict]>([
    ['the echo alone', 'ls\r', ['l', 's\r\n'], null],
    ['an answer after the echo', 'ls\r', ['ls\r\n', 'file'], 'quiet'],
    ['an answer without an echo', 'secret\r', ['\r\nWelcome'], 'quiet'],
  ])('silence counts after an answer only: %s', (_, input, output, verdict) => {
    expect(verdictOf({ answer: new EchoFilter(input) }, { units: 110 }, ...output)).toBe(verdict)
  })
})

describe('settledOnLine', () => {
  it.each<[string, Partial<WaitFacts>, Verdict]>([
    ['nothing yet', {}, null],
    ['a banner whose line has ended', { units: 50 }, null],
    ['an open line just now', { openLine: true, outputAt: 10_000 }, QUESTION_MS],
    ['an open line a while ago', { openLine: true, outputAt: 10_000 - QUESTION_MS }, 'quiet'],
    ['a prompt', { ...PROMPT, outputAt: 10_000 - PROMPT_SETTLE_MS }, 'prompt'],
  ])('%s', (_, more, verdict) => {
    expect(settledOnLine().verdict(facts(more))).toBe(verdict)
  })
})

describe('patternFound', () => {
  const look = (condition: Condition, ...output: string[]): Verdict => {
    for (const chunk of output) condition.output?.(Buffer.from(chunk))
    return condition.verdict(facts())
  }

  it.each<[string, string, string[], Verdict]>([
    ['no output', '', [], null],
    ['a match over two chunks', '', ['do', 'ne'], 'pattern'],
    ['a match in the echo', 'echo done\r', ['echo done\r\n'], null],
    ['a match after the echo', 'echo done\r', ['echo do', 'ne\r\ndone\r\n'], 'pattern'],
  ])('%s', (_, input, output, verdict) => {
    expect(look(patternFound(compilePattern('done'), SIZE, new EchoFilter(input)), ...output)).toBe(verdict)
  })

  it('looks through an open line ten milliseconds after it began to come, in however many pieces', () => {
    const condition = patternFound(compilePattern('done'), SIZE, null)
    expect(condition.verdict(facts())).toBeNull()
    condition.output(Buffer.from('do'))
    expect(condition.verdict(facts({ now: 10_000 }))).toBe(10)
    condition.output(Buffer.from('ne'))
    expect(condition.verdict(facts({ now: 10_004 }))).toBe(6)
    expect(condition.verdict(facts({ now: 10_010 }))).toBe('pattern')
    expect(condition.verdict(facts({ now: 10_011 }))).toBe('pattern')
  })

  it('looks again after each ten milliseconds in which something came, and then not again', () => {
    const condition = patternFound(compilePattern('done'), SIZE, null)
    condition.verdict(facts())
    condition.output(Buffer.from('do'))
    expect(condition.verdict(facts({ now: 10_000 }))).toBe(10)
    expect(condition.verdict(facts({ now: 10_010 }))).toBeNull()
    condition.output(Buffer.from('n'))
    expect(condition.verdict(facts({ now: 10_011 }))).toBe(10)
    expect(condition.verdict(facts({ now: 10_021 }))).toBeNull()
    expect(condition.verdict(facts({ now: 99_000 }))).toBeNull()
  })

  it.each<[string, string, Partial<WaitFacts>, Verdict]>([
    ['an ended line', 'done\r\n', {}, 'pattern'],
    ['an open line', 'done', {}, 10],
    ['an open line once the session has ended', 'done', { running: false }, 'pattern'],
    ['a line that is well, once the session has ended', 'well', { running: false }, null],
  ])('at once: %s', (_, output, more, verdict) => {
    const condition = patternFound(compilePattern('done'), SIZE, null)
    condition.verdict(facts())
    condition.output(Buffer.from(output))
    expect(condition.verdict(facts(more))).toBe(verdict)
  })
})
