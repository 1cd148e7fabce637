import { z } from 'zod'
import { invalid } from '../common/errors.js'
import { MAX_OUTPUT_CHARS } from '../common/limits.js'
import type { Caller } from '../connection/caller.js'
import { patternWait, type WaitFor } from '../session/reading.js'

/** Parameters that several tools share, and what becomes of them. */

const path = z.string().min(1).max(4096)

export const connectionParameters = {
  target: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe('ssh alias, host, user@host or ssh://user@host:port'),
  port: z.int().min(1).max(65_535).optional(),
  identity_file: path.optional(),
  known_hosts_file: path.optional(),
  strict_host_key_checking: z
    .union([z.boolean(), z.enum(['yes', 'no', 'ask', 'accept-new', 'off'])], {
      error: "must be 'yes', 'ask', 'accept-new', 'no', 'off' or a boolean",
    })
    .optional(),
  extra_ssh_args: z.array(z.string()).optional(),
}

export const environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional()

export const sessionId = z.string().min(1).max(200).describe('Id or name')

export const format = z
  .enum(['text', 'raw', 'screen'])
  .default('text')
  .describe('raw: with escape codes; screen: as drawn, for vim, less, top')

export type Format = z.output<typeof format>

export const maxOutputChars = z.number().min(1).optional().describe('16000; the rest stays pending')

export const waitSeconds = (seconds: number) => z.number().min(0).default(seconds)

export const waitFor = z.enum(['output', 'quiet', 'prompt', 'pattern', 'exit']).optional()

export const pattern = z.string().min(1).optional().describe('Regular expression')

/** A name of 1 to 100 printable characters, blanks at its ends not counted. */
export const sessionName = z
  .string()
  .trim()
  .refine((name) => name.length > 0 && [...name].length <= 100, 'must have 1 to 100 characters')
  .refine(
    (name) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(name),
    'must hold printable characters only',
  )

/** Most UTF-16 units of output for this call. */
export const outputLimit = (given: number | undefined, { settings }: Caller): number =>
  Math.floor(Math.min(given ?? settings.maxOutputChars, MAX_OUTPUT_CHARS))

/** When a wait of this call ends at the latest, and when any call does; milliseconds on the monotonic clock. */
export function deadlines(seconds: number, { settings }: Caller): { deadline: number; lastDeadline: number } {
  const now = performance.now()
  const most = settings.maxWaitSeconds
  return { deadline: now + Math.min(seconds, most) * 1000, lastDeadline: now + most * 1000 }
}

/** What to wait for; a pattern alone means to wait for it. @throws validation_error */
export function wantedWait(kind: string | undefined, pattern: string | undefined): WaitFor | null {
  if (pattern !== undefined && (kind ?? 'pattern') === 'pattern') {
    return patternWait(pattern)
  }
  if (kind === 'pattern') throw invalid("wait_for 'pattern' needs the argument pattern.")
  if (pattern !== undefined) throw invalid(`pattern goes with wait_for 'pattern', not '${kind}'.`)
  return kind === undefined ? null : { kind: kind as 'output' | 'quiet' | 'prompt' | 'exit' }
}
