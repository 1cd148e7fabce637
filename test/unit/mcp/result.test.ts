import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { renderError, renderOutcome } from '../../../src/mcp/result.js'
import type { Outcome } from '../../../src/mcp/tool.js'

const textsOf = (result: { content: unknown[] }): string[] =>
  result.content.map((part) => (part as { text: string }).text)
const factsOf = (facts: Record<string, unknown>, more: Partial<Outcome> = {}): unknown =>
  JSON.parse(textsOf(renderOutcome({ text: {}, facts, ...more }, false)).at(-1) as string)

describe('renderOutcome', () => {
  it('gives the text as it is, and last the facts on one line', () => {
    const output = 'one "two"\n\\three\u0007\n'
    const texts = textsOf(
      renderOutcome({ text: { output }, facts: { session_id: 'x', running: true } }, false),
    )
    expect(texts).toEqual([output, '{"session_id":"x","running":true}'])
  })

  it('gives several texts in their order and leaves out the empty ones', () => {
    const text = { stdout: 'out', extra: '', stderr: 'err' }
    expect(textsOf(renderOutcome({ text, facts: {} }, false))).toEqual(['out', 'stderr:\nerr', '{}'])
  })

  it.each<[string, Record<string, string>, string[]]>([
    ['standard error alone', { stdout: '', stderr: 'e\n' }, ['stderr:\ne\n']],
    ['standard output alone, under no line', { stdout: 'stderr:\n', stderr: '' }, ['stderr:\n']],
    ['nothing', { stdout: '', stderr: '' }, []],
  ])('tells the streams apart: %s', (_, text, shown) => {
    expect(textsOf(renderOutcome({ text, facts: {} }, false))).toEqual([...shown, '{}'])
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['null', { signal: null }, {}],
    ['what is not there', { signal: undefined }, {}],
    ['empty lists', { gaps: [] }, {}],
    [
      'defaults',
      {
        truncated: false,
        pending_output_chars: 0,
        auto_close: false,
        created: false,
        reused: false,
        was_running: false,
        timed_out: false,
        cols: 120,
        rows: 40,
      },
      {},
    ],
    [
      'defaults within',
      { sessions: [{ cols: 120, signal: null, session_id: 'x' }] },
      { sessions: [{ session_id: 'x' }] },
    ],
  ])('leaves out %s', (_, facts, expected) => {
    expect(factsOf(facts)).toEqual(expected)
  })

  it.each<[string, Record<string, unknown>]>([
    ['running: false', { running: false }],
    ['an exit code of 0', { exit_code: 0 }],
    ['an offset of 0', { offset: 0, next_offset: 0 }],
    ['a count of 0', { count: 0 }],
    ['no bytes written', { bytes_written: 0 }],
    ['other sizes', { cols: 80, rows: 24 }],
    ['truncated: true', { truncated: true, pending_output_chars: 5 }],
    ['created and reused', { created: true, reused: true }],
    ['ok: false', { ok: false }],
    ['timed_out: true', { timed_out: true }],
    ['gaps', { gaps: [{ offset: 0, lost_bytes: 3 }] }],
  ])('keeps %s', (_, facts) => {
    expect(factsOf(facts)).toEqual(facts)
  })

  it('leaves out of the text what only the structured form carries', () => {
    const facts = {
      session_id: 'x',
      observer: { mode: 'tmux' },
      sessions: [{ observer: 1, session_id: 'y' }],
    }
    expect(factsOf(facts, { structuredOnly: ['observer'] })).toEqual({
      session_id: 'x',
      sessions: [{ session_id: 'y' }],
    })
  })

  it('gives no structured copy unless it is asked for', () => {
    expect(renderOutcome({ text: { output: 'x' }, facts: {} }, false)).not.toHaveProperty('structuredContent')
  })

  it('gives every field in the structured copy, the texts too', () => {
    const facts = { signal: null, cols: 120, gaps: [], observer: { mode: 'tmux' }, truncated: false }
    const outcome: Outcome = { text: { output: '', stderr: 'e' }, facts, structuredOnly: ['observer'] }
    expect(renderOutcome(outcome, true).structuredContent).toEqual({ ...facts, output: '', stderr: 'e' })
  })
})

describe('renderError', () => {
  let logged: string

  beforeEach(() => {
    logged = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      logged += String(text)
      return true
    })
  })
  afterEach(() => void vi.restoreAllMocks())

  it('gives the sentence, and the kind of error as a fact', () => {
    const error = new ToolError('session_not_found', 'No such session. Call ssh_list_sessions.')
    const result = renderError(error, false)
    expect(result.isError).toBe(true)
    expect(textsOf(result)).toEqual([error.message, '{"ok":false,"error_type":"session_not_found"}'])
    expect(result).not.toHaveProperty('structuredContent')
    expect(logged).toBe('')
  })

  it('gives what there is to read before the sentence', () => {
    const text = { stdout: 'half\n', stderr: 'oh', other: '' }
    const result = renderError(new ToolError('connection_failed', 'It was lost.', text), false)
    expect(textsOf(result)).toEqual([
      'half\n',
      'stderr:\noh',
      'It was lost.',
      '{"ok":false,"error_type":"connection_failed"}',
    ])
    expect(result.isError).toBe(true)
  })

  it('gives every text in the structured form, as it is', () => {
    const text = { stdout: 'half\n', stderr: '' }
    expect(renderError(new ToolError('connection_failed', 'Lost.', text), true).structuredContent).toEqual({
      ok: false,
      error_type: 'connection_failed',
      message: 'Lost.',
      ...text,
    })
  })

  it('is complete in the structured form', () => {
    expect(renderError(new ToolError('limit_reached', 'Too many.'), true).structuredContent).toEqual({
      ok: false,
      error_type: 'limit_reached',
      message: 'Too many.',
    })
  })

  it.each([
    ['an error of ours', new Error('boom'), 'boom'],
    ['what is no error', 'boom', 'boom'],
    ['nothing', undefined, 'undefined'],
  ])('calls %s an internal error, and logs it', (_, error, message) => {
    const result = renderError(error, true)
    expect(result.structuredContent).toMatchObject({ error_type: 'internal_error' })
    expect(textsOf(result)[0]).toContain(message)
    expect(logged).toContain(message)
  })
})
