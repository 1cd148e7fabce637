import { describe, expect, it } from 'vitest'
import { ShellState } from '../../../src/session/shell-state.js'
import type { Mark, MarkKind } from '../../../src/terminal/marks.js'

const EDITOR = { lineEditor: true, prompts: 1 }

function shellOf(kind: 'bash' | 'fish' | 'dash' = 'bash', state = new ShellState()) {
  const nonce = `${kind}nonce${state.shells.length}`
  const sign = { inputMark: kind !== 'fish', editor: kind === 'fish' }
  state.add({ nonce, kind, traits: [], sign, pid: 1 }, false, { offset: 0, units: 0 })
  let now = 0
  let offset = 0
  const mark = (name: MarkKind, count: number, more: Partial<Mark> = {}): boolean => {
    offset += 10
    now += 10
    const place = { start: offset, end: offset + 5, units: offset, editors: 0 }
    const told = state.mark({ kind: name, nonce, count, status: 0, rest: null, ...place, ...more }, now)
    state.look(kind === 'fish' ? EDITOR : { lineEditor: false, prompts: 0 }, offset + 5)
    return told
  }
  const prompt = (count: number, status = 0): void => {
    mark('D', count, { status, rest: '/here' })
    mark('A', count)
    if (kind !== 'fish') mark('B', count)
  }
  return { state, mark, prompt }
}

describe('a shell that reports', () => {
  it('is ready at its prompt, and tells how a command ended', () => {
    const { state, mark, prompt } = shellOf()
    expect(state.ready).toBe(false)
    prompt(1)
    expect(state).toMatchObject({ ready: true, prompts: 1, last: null })
    state.sent('make\r', 100)
    expect(state).toMatchObject({ ready: false, running: { line: 'make', outputFrom: null } })
    mark('C', 1)
    expect(state.running).toMatchObject({ line: 'make', outputFrom: { offset: 45 } })
    prompt(2, 7)
    expect(state).toMatchObject({ ready: true, prompts: 2, running: null })
    expect(state.last).toMatchObject({
      line: 'make',
      exitCode: 7,
      cwd: '/here',
      outputFrom: { offset: 45 },
      outputTo: { offset: 50 },
    })
  })

  it('takes no mark again, whatever repeats what was printed earlier', () => {
    const { state, mark, prompt } = shellOf()
    prompt(1)
    state.begin('cat transcript', 0)
    mark('C', 1)
    for (const kind of ['D', 'A', 'B', 'C'] as const) mark(kind, 1)
    expect(mark('D', 1, { status: 9 })).toBe(false)
    expect(mark('D', 2, { nonce: 'other' })).toBe(false)
    expect(state).toMatchObject({ ready: false, running: { outputFrom: { offset: 45 } }, last: null })
  })

  it('remembers what stands typed at the prompt', () => {
    const { state, prompt } = shellOf()
    prompt(1)
    state.sent('ec', 0)
    state.sent('ho', 0)
    expect(state).toMatchObject({ ready: true, typed: 'echo' })
    state.sent('\x15', 0)
    expect(state.typed).toBe('')
  })

  it('takes a typed line for gone after a Ctrl-C only when a new prompt says so', () => {
    // zsh asks whether to show all of many completions, and a Ctrl-C ends that question and leaves the line.
    const { state, prompt } = shellOf()
    prompt(1)
    state.sent('ls /u\t\x03', 0)
    expect(state).toMatchObject({ typed: 'ls /u\t', interrupted: true })
    state.sent('x', 0)
    expect(state.typed).toBe('ls /u\tx')
    prompt(2)
    expect(state).toMatchObject({ typed: '', interrupted: false })
  })

  it('takes a line for emptied by Ctrl-U only where the cursor was at its end', () => {
    const { state, prompt } = shellOf()
    prompt(1)
    state.sent('rm -rf x\x1b[H\x15', 0)
    expect(state.typed).toContain('rm -rf x')
  })

  it('asks for more, and is ready again when that was taken back', () => {
    const { state, mark, prompt } = shellOf()
    prompt(1)
    state.begin('echo "', 0)
    mark('P', 1)
    expect(state).toMatchObject({ continuations: 1, asksForMore: true })
    prompt(2, 130)
    expect(state).toMatchObject({ ready: true, asksForMore: false })
  })

  it('counts output from where the text of a fed command has been read', () => {
    const { state, mark, prompt } = shellOf()
    prompt(1)
    state.begin('x', 0, { awaitsText: true })
    mark('C', 1)
    mark('I', 0)
    expect(state.running?.outputFrom).toBeNull()
    mark('C', 1)
    expect(state.running?.outputFrom).toMatchObject({ offset: 65 })
    mark('I', 0)
    expect(state.running?.outputFrom, 'a transcript that is printed').toMatchObject({ offset: 65 })
  })

  it('knows the lines that were typed before its prompt came', () => {
    const { state, mark, prompt } = shellOf()
    prompt(1)
    state.sent('one\r', 100)
    mark('C', 1)
    mark('D', 2)
    state.sent('vi no', 0)
    state.sent('tes\r\rtwo\r', 0)
    mark('A', 2)
    mark('B', 2)
    mark('C', 2)
    expect(state.running).toMatchObject({ line: 'vi notes' })
    prompt(3)
    mark('C', 3)
    expect(state.running).toMatchObject({ line: 'two' })
    prompt(4)
    mark('C', 4)
    expect(state.running).toMatchObject({ line: null })
  })

  it('makes no command of an empty line', () => {
    const { state, prompt } = shellOf()
    prompt(1)
    state.sent('\r', 0)
    expect(state.ready).toBe(false)
    prompt(2)
    expect(state).toMatchObject({ ready: true, last: null })
  })
})

describe('shells within shells', () => {
  it('an inner one comes to the front, and the outer one tells of its end', () => {
    const outer = shellOf()
    outer.prompt(1)
    outer.state.begin('su -', 0)
    outer.mark('C', 1)
    const inner = shellOf('dash', outer.state)
    inner.prompt(1)
    expect(outer.state).toMatchObject({ ready: true, current: { kind: 'dash' }, newest: { line: 'su -' } })
    outer.state.begin('exit 3', 1000)
    outer.prompt(2, 3)
    expect(outer.state).toMatchObject({
      ready: true,
      current: { kind: 'bash' },
      last: { line: 'su -', exitCode: 3 },
    })
    expect(outer.state.shells).toHaveLength(1)
  })

  it('one that is set up again tells how its command ended, before the prompt that stood there', () => {
    const { state, mark, prompt } = shellOf()
    prompt(1)
    state.begin('PROMPT_COMMAND=', 0)
    mark('C', 1)
    state.add(
      { nonce: 'again', kind: 'bash', traits: ['again'], sign: { inputMark: true, editor: false }, pid: 1 },
      true,
      { offset: 48, units: 47 },
    )
    mark('D', 1, { nonce: 'again', status: 5 })
    expect(state.last).toMatchObject({
      line: 'PROMPT_COMMAND=',
      exitCode: 5,
      outputTo: { offset: 48, units: 47 },
    })
  })
})

describe('fish', () => {
  it('shows no prompt that could tell of a Ctrl-C', () => {
    const { state, prompt } = shellOf('fish')
    prompt(1)
    state.sent('ls\x03', 0)
    expect(state).toMatchObject({ typed: '', interrupted: false })
  })

  it('may print the mark of its prompt when the next command is on its way', () => {
    const { state, mark, prompt } = shellOf('fish')
    prompt(1)
    state.begin('read x', 0)
    expect(mark('B', 1)).toBe(false)
    expect(state).toMatchObject({ promptedAmid: false, ready: false })
  })

  it('is ready when its editor comes up, and says nothing of an empty line or of Ctrl-C', () => {
    const { state, prompt } = shellOf('fish')
    prompt(1)
    expect(state.ready).toBe(true)
    state.sent('\r', 0)
    expect(state.ready).toBe(true)
    state.sent('echo "\r', 0)
    expect(state).toMatchObject({ ready: false, asksForMore: true })
    state.sent('\x03', 0)
    expect(state).toMatchObject({ ready: true, asksForMore: false })
  })
})
