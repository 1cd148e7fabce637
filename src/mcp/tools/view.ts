import { z } from 'zod'
import { MAX_OUTPUT_CHARS } from '../../common/limits.js'
import { type ViewedDirectory, type ViewedFile, view as viewRemote } from '../../remote-files/view.js'
import { outputLimit } from '../parameters.js'
import { type Call, defineTool, type Outcome } from '../tool.js'
import { onRemote, remoteParameters, remotePath } from './remote-file-call.js'

/** Most of a file that is shown unless more is asked for, in bytes. */
const DEFAULT_VIEW_BYTES = 20_480
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const MAX_VIEW_BYTES = 3 * MAX_OUTPUT_CHARS

const input = z.strictObject({
  ...remoteParameters,
  path: remotePath.describe('~/ is the remote home'),
  view_range: z.array(z.int()).length(2).optional().describe('[first, last] line; last -1: to the end'),
  force_read_large_files: z.boolean().default(false),
  max_bytes: z.int().min(1).optional().describe('20480, and 16000 characters'),
})

export const view = defineTool({
  name: 'ssh_view',
  toolset: 'files',
  title: 'Show a remote file',
  description:
    'Read a remote text file, exactly as it is, or list a directory. A long file is cut at a line end, and `more` says how to go on.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input,
  run: (args, call) =>
    onRemote(args, call, async (remote) => {
      const { path, view_range } = args
      const range = view_range ? ([view_range[0], view_range[1]] as [number, number]) : null
      const viewed = await viewRemote(remote, { path, range, ...bounds(args, call) })
      return viewed.kind === 'file' ? fileOutcome(viewed) : directoryOutcome(viewed, call)
    }),
})

/** As with other tools, who asks for more gets it, up to what any call gives. */
function bounds(args: z.output<typeof input>, { caller }: Call): { maxBytes: number; maxChars: number } {
  if (args.force_read_large_files) return { maxBytes: MAX_VIEW_BYTES, maxChars: MAX_OUTPUT_CHARS }
  if (args.max_bytes === undefined)
    return { maxBytes: DEFAULT_VIEW_BYTES, maxChars: outputLimit(undefined, caller) }
  return { maxBytes: Math.min(args.max_bytes, MAX_VIEW_BYTES), maxChars: MAX_OUTPUT_CHARS }
}

const fileOutcome = (file: ViewedFile): Outcome => ({
  text: { content: file.content },
  facts: {
    is_directory: false,
    size_bytes: file.size,
    total_lines: file.lines,
    truncated: file.truncated,
    start_line: file.firstLine,
    end_line: file.lastLine,
    more: file.more,
    encoding: file.encoding,
  },
  structuredOnly: ['is_directory', ...(file.firstLine === 1 ? ['start_line'] : [])],
})

/** How many of the lines fit into so many UTF-16 units. */
function fitting(lines: readonly string[], max: number): number {
  let room = max
  const over = lines.findIndex(({ length }) => {
    room -= length
    return room < 0
  })
  return over < 0 ? lines.length : over
}

/** One entry a line, as many as fit. */
function directoryOutcome({ entries, count }: ViewedDirectory, { caller }: Call): Outcome {
  const lines = entries.map(({ path, type }) => `${type} ${path}\n`)
  const shown = fitting(lines, outputLimit(undefined, caller))
  return {
    text: { content: lines.slice(0, shown).join('') },
    facts: {
      is_directory: true,
      count,
      truncated: shown < count,
      more: shown < count ? `${shown} of ${count} are listed; find others with ssh_glob.` : null,
      entries: entries.slice(0, shown),
    },
    structuredOnly: ['entries'],
  }
}
