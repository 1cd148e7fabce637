import { z } from 'zod'
import { type Found, grep as grepRemote } from '../../remote-files/grep.js'
import { outputLimit } from '../parameters.js'
import { defineTool, type Outcome } from '../tool.js'
import { onRemote, remoteParameters, remotePath } from './remote-file-call.js'

/** More lines around a match are another way to read a file. */
const contextLines = z.int().min(0).max(1000).optional()

export const headLimit = z.int().min(1).optional().describe('Most lines')

const input = z.strictObject({
  ...remoteParameters,
  pattern: z.string().min(1).max(10_000).describe('Extended regular expression (grep -E, no \\d)'),
  path: remotePath.default('.'),
  glob: z.string().min(1).max(1000).optional().describe('Files to search, such as *.{c,h}'),
  case_insensitive: z.boolean().default(false),
  output_mode: z.enum(['files_with_matches', 'content', 'count']).default('files_with_matches'),
  context: contextLines,
  context_before: contextLines,
  context_after: contextLines,
  head_limit: headLimit,
})

export const grep = defineTool({
  name: 'ssh_grep',
  toolset: 'files',
  title: 'Search remote files',
  description:
    'Search a remote file, or all text files below a directory, hidden ones too; symbolic links are not followed. ' +
    'content gives path:line:text.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input,
  run: (args, call) =>
    onRemote(args, call, async (remote) => {
      const found = await grepRemote(remote, {
        path: args.path,
        pattern: args.pattern,
        glob: args.glob ?? null,
        ignoreCase: args.case_insensitive,
        mode: args.output_mode,
        before: args.context_before ?? args.context ?? 0,
        after: args.context_after ?? args.context ?? 0,
        maxLines: args.head_limit ?? null,
        maxChars: outputLimit(undefined, call.caller),
      })
      const { pattern, output_mode } = args
      return foundOutcome(found, { pattern, output_mode })
    }),
})

/** @param asked what the caller knows */
export const foundOutcome = (found: Found, asked: Record<string, unknown>): Outcome => ({
  text: { matches: found.text },
  facts: {
    ...asked,
    count: found.count,
    truncated: found.truncated,
    timed_out: found.timedOut,
    warning: found.warning,
  },
  structuredOnly: Object.keys(asked),
})
