import { z } from 'zod'
import { edit as editRemote } from '../../remote-files/edit.js'
import { MAX_EDITS } from '../../remote-files/limits.js'
import { defineTool } from '../tool.js'
import { onRemote, remoteParameters, remotePath } from './remote-file-call.js'

const edits = z
  .array(z.strictObject({ old_str: z.string(), new_str: z.string() }))
  .min(1)
  .max(MAX_EDITS)

export const edit = defineTool({
  name: 'ssh_edit',
  toolset: 'files',
  title: 'Edit a remote file',
  description:
    'Replace text in a remote file, all edits or none, each in the result of those before. old_str must occur exactly once. ' +
    'Mode and owner stay; a file that somebody else changes meanwhile is left alone.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({
    ...remoteParameters,
    path: remotePath,
    edits: edits.describe('{old_str, new_str}'),
  }),
  run: (args, call) =>
    onRemote(args, call, async (remote) => {
      const wanted = args.edits.map(({ old_str, new_str }) => ({ oldText: old_str, newText: new_str }))
      const bytes_written = await editRemote(remote, args.path, wanted)
      return { text: {}, facts: { edits_applied: wanted.length, bytes_written } }
    }),
})
