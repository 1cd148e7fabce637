import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { ToolError } from '../common/errors.js'
import { DEFAULT_COLS, DEFAULT_ROWS } from '../common/limits.js'
import { log } from '../common/log.js'
import type { Outcome } from './tool.js'

/** Facts that are left out of the text form when they say only what goes without saying. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  truncated: false,
  pending_output_chars: 0,
  auto_close: false,
  created: false,
  reused: false,
  was_running: false,
  timed_out: false,
  restarts: 0,
  skipped_output_chars: 0,
  finished: true,
  duration_seconds: 0,
  cols: DEFAULT_COLS,
  rows: DEFAULT_ROWS,
  visible: true,
  first_row: 1,
  alternate: false,
  approximate: false,
}

/** The text to read, verbatim, and last the facts in one line of JSON; with `structured` the complete object too. */
export function renderOutcome(
  { text, facts, structuredOnly = [] }: Outcome,
  structured: boolean,
): CallToolResult {
  const content = [...shownTexts(text), JSON.stringify(brief(facts, structuredOnly))]
  return {
    content: content.map((part) => ({ type: 'text', text: part })),
    ...(structured ? { structuredContent: { ...facts, ...text } } : {}),
  }
}

/** An error as the caller sees it: one or two sentences. What is not a ToolError is a fault of ours. */
export function renderError(error: unknown, structured: boolean): CallToolResult {
  const known = error instanceof ToolError ? error : internal(error)
  const facts = { ok: false, error_type: known.type }
  return {
    isError: true,
    content: [...shownTexts(known.text), known.message, JSON.stringify(facts)].map((text) => ({
      type: 'text',
      text,
    })),
    ...(structured ? { structuredContent: { ...facts, message: known.message, ...known.text } } : {}),
  }
}

/** Each text that is not empty; a second stream under a line of its own, so that it is not taken for the first. */
const shownTexts = (text: Readonly<Record<string, string>>): string[] =>
  Object.entries(text)
    .filter(([, part]) => part !== '')
    .map(([name, part]) => (name === 'stderr' ? `stderr:\n${part}` : part))

function internal(error: unknown): ToolError {
  log(`internal error: ${error instanceof Error ? error.stack : String(error)}`)
  const message = error instanceof Error ? error.message : String(error)
  return new ToolError(
    'internal_error',
    `Internal error: ${message}. The daemon's log has more; try the call again.`,
  )
}

/** Facts without what is null, empty, at its default or for the structured form only, at any depth. */
function brief(value: unknown, dropped: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((part) => brief(part, dropped))
  if (value === null || typeof value !== 'object') return value
  const says = ([name, part]: [string, unknown]): boolean =>
    part !== null &&
    part !== undefined &&
    part !== DEFAULTS[name] &&
    !isEmptyList(part) &&
    !dropped.includes(name)
  return Object.fromEntries(
    Object.entries(value)
      .filter(says)
      .map(([name, part]) => [name, brief(part, dropped)]),
  )
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0
