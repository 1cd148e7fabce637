import { z } from 'zod'
import { connectionRequest } from '../../connection/options.js'
import { resolveConnection } from '../../connection/resolve.js'
import { type FileListing, type ListedFile, listedFiles } from '../../transfer/listing.js'
import { hasText, toText } from '../../transfer/raw-path.js'
import { remotePath } from '../../transfer/remote-path.js'
import { Sftp } from '../../transfer/sftp.js'
import { shownName } from '../../transfer/shown-name.js'
import { connectionParameters, outputLimit } from '../parameters.js'
import { defineTool, type Outcome } from '../tool.js'

const DEFAULT_ENTRIES = 1000
const MAX_ENTRIES = 100_000
/** UTF-16 units that a caller who asks for many entries gets at most. */
const MAX_LISTING_CHARS = 1_000_000

const input = z.strictObject({
  ...connectionParameters,
  path: z.string().min(1).max(4096).default('.'),
  show_hidden: z.boolean().default(false),
  max_entries: z.number().min(1).optional().describe('1000'),
})

export const listFiles = defineTool({
  name: 'ssh_list_files',
  toolset: 'transfer',
  title: 'List remote files',
  description: 'List a remote directory: mode, size, time, name.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input,
  async run({ path, show_hidden, max_entries, ...args }, call) {
    const connection = await resolveConnection(connectionRequest(args, call.caller), call.caller)
    const sftp = await Sftp.open(call.masters, connection, call)
    try {
      const most = Math.min(Math.floor(max_entries ?? DEFAULT_ENTRIES), MAX_ENTRIES)
      const how = { hidden: show_hidden, most, signal: call.signal }
      const listing = await listedFiles(sftp, await remotePath(sftp, path), how)
      const room = max_entries === undefined ? outputLimit(undefined, call.caller) : MAX_LISTING_CHARS
      return outcome(path, connection.target.typed, fitting(listing, room))
    } finally {
      sftp.close()
    }
  },
})

/** As many entries as there is room for; those told in words and in the structured form are the same. */
function fitting({ entries, count }: FileListing, room: number): FileListing {
  let shown = 0
  for (let left = room; shown < entries.length && left > 0; shown++)
    left -= lineOf(entries[shown] as ListedFile).length + 1
  return { entries: entries.slice(0, shown), count }
}

function outcome(path: string, target: string, { entries, count }: FileListing): Outcome {
  const truncated = entries.length < count
  return {
    text: { listing: entries.map((entry) => `${lineOf(entry)}\n`).join('') },
    facts: {
      ok: true,
      target,
      path,
      count,
      shown: truncated ? entries.length : null,
      truncated,
      entries: entries.map(entryFacts),
    },
    structuredOnly: ['ok', 'target', 'path', 'entries'],
  }
}

const TYPE_LETTERS = { file: '-', directory: 'd', symlink: 'l', fifo: 'p', socket: 's', device: 'b' } as const

/** Much as ls writes it, the time as UTC. */
function lineOf({ name, attributes, linkTarget }: ListedFile): string {
  const { type, mode, size, modified } = attributes
  const leads = linkTarget === null ? '' : ` -> ${shownName(linkTarget)}`
  const time = isoTime(modified).slice(0, 16).replace('T', ' ')
  return `${TYPE_LETTERS[type]}${octal(mode)} ${String(size).padStart(10)} ${time} ${shownName(name)}${leads}`
}

function entryFacts({ name, attributes, linkTarget }: ListedFile) {
  const { type, mode, size, modified } = attributes
  return {
    name: hasText(name) ? toText(name) : shownName(name),
    /** Whether the name is no UTF-8, so that it is given as a shell would read it in `$'…'`. */
    name_escaped: !hasText(name),
    type,
    size_bytes: size,
    mode: octal(mode),
    modified: isoTime(modified),
    link_target:
      linkTarget === null ? null : hasText(linkTarget) ? toText(linkTarget) : shownName(linkTarget),
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
const isoTime = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
