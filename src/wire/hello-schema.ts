import { z } from 'zod'
import type { Hello } from './hello.js'

const hello = z.object({
  hello: z.literal('ssh-mcp'),
  protocol: z.number().int(),
  version: z.string(),
  purpose: z.enum(['mcp', 'control', 'askpass']),
  command: z.enum(['status', 'shutdown']).optional(),
  question: z
    .object({ ticket: z.string(), prompt: z.string(), hint: z.string(), parent: z.number().int() })
    .optional(),
  relates: z.boolean().optional(),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
})

/** Reads a client's first line. @returns null if it is not one of ours */
export function parseHello(line: string): Hello | null {
  try {
    const result = hello.safeParse(JSON.parse(line))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
