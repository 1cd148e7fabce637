import { ToolError } from '../common/errors.js'

/** What callers are told: the thing that is refused, why, and what to use instead. */
export const denied = (what: string, why: string, instead?: string): ToolError =>
  new ToolError(
    'policy_denied',
    `${what} is not allowed: ${why}.${instead ? ` Use ${instead} instead.` : ''}`,
  )

/** A reason, the names it holds for, and what to use instead. */
export type Refusal = readonly [why: string, names: string, instead?: string | undefined]

/** The refusal of something by its name, with the reason of a table where that has one. */
export function refusalOf(table: readonly Refusal[], name: string, what: string): ToolError {
  const found = table.find(([, names]) => names.split(' ').includes(name))
  return found ? denied(what, found[0], found[2]) : denied(what, 'it is not known to be harmless')
}

/** A caller's text for a message: nothing that a terminal would act on or not show, and not much of it. */
export const shown = (text: string): string =>
  `"${text.slice(0, 80).replace(/[^ -~]/g, '?')}${text.length > 80 ? '…' : ''}"`
