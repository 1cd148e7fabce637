import { z } from 'zod'
import { create as createRemote } from '../../remote-files/create.js'
import { defineTool } from '../tool.js'
import { onRemote, remoteParameters, remotePath } from './remote-file-call.js'

export const create = defineTool({
  name: 'ssh_create',
  toolset: 'files',
  title: 'Create a remote file',
  description:
    'Write a new remote file, all or nothing. An existing one is never replaced: ssh_edit changes it.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({ ...remoteParameters, path: remotePath, content: z.string() }),
  run: (args, call) =>
    onRemote(args, call, async (remote) => {
      return { text: {}, facts: { bytes_written: await createRemote(remote, args.path, args.content) } }
    }),
})
