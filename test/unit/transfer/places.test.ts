import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { callerOf } from '../../../src/connection/caller.js'
import { statePaths } from '../../../src/platform/paths.js'
import { protectedPlaces } from '../../../src/transfer/places.js'

it('protects the short directory that sockets have where the state directory is too long for them', () => {
  // What stands there is run: ssh starts the askpass program beside the socket.
  const env = { HOME: '/home/none', SSH_AUTH_SOCK: 'none', SSH_MCP_STATE_DIR: `/tmp/${'l'.repeat(100)}` }
  const { socket, askpass, root } = statePaths(env)
  expect(dirname(askpass)).not.toBe(root)
  const { both } = protectedPlaces(callerOf(env, '/'))
  expect(both).toContain(dirname(socket))
  expect(both).toContain(dirname(askpass))
  expect(both).toContain(root)
})
