import { z } from 'zod'
import { glob as globRemote } from '../../remote-files/glob.js'
import { outputLimit } from '../parameters.js'
import { defineTool } from '../tool.js'
import { foundOutcome, headLimit } from './grep.js'
import { onRemote, remoteParameters, remotePath } from './remote-file-call.js'

export const glob = defineTool({
  name: 'ssh_glob',
  toolset: 'files',
  title: 'Find remote files',
  description:
    'List the files below a remote directory, hidden ones too, whose relative path matches, sorted. Without a slash a pattern ' +
    'is looked for at any depth, as with ripgrep.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    ...remoteParameters,
    pattern: z.string().min(1).max(1000).describe('**, *, ?, [a-z], {a,b}'),
    path: remotePath.default('.'),
    head_limit: headLimit,
  }),
  run: (args, call) =>
    onRemote(args, call, async (remote) => {
      const { path, pattern, head_limit } = args
      const maxChars = outputLimit(undefined, call.caller)
      const found = await globRemote(remote, { path, pattern, maxLines: head_limit ?? null, maxChars })
      return foundOutcome(found, { pattern })
    }),
})
