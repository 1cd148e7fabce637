import { invalid } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import type { MuxForward } from '../ssh/mux-forward-messages.js'
import { bindAddress, remoteHost } from './addresses.js'

/** A forward that is asked for, by the names of the tool's parameters. */
export interface ForwardArguments {
  direction: 'local' | 'remote'
  local_port: number
  remote_host: string
  remote_port: number
  bind_address: string
}

/** One with everything in it checked: as it was asked for, and as ssh is told. */
export interface ForwardRequest {
  asked: ForwardArguments
  mux: MuxForward
}

/** Ports below this one are for root, and an ssh that is not root's ends, with all that is on it, when told to listen. */
const FIRST_FREE_PORT = 1024

/** @throws validation_error or policy_denied */
export function forwardRequest(asked: ForwardArguments, { settings }: Caller): ForwardRequest {
  const { direction, local_port, remote_port } = asked
  const listenHost = bindAddress(asked.bind_address, settings.allowPublicBind)
  const connectHost = remoteHost(asked.remote_host)
  if (direction === 'remote')
    return {
      asked,
      mux: { direction, listenHost, listenPort: remote_port, connectHost, connectPort: local_port },
    }
  checkPrivileged(local_port)
  return {
    asked,
    mux: { direction, listenHost, listenPort: local_port, connectHost, connectPort: remote_port },
  }
}

function checkPrivileged(port: number): void {
  if (port >= FIRST_FREE_PORT || process.getuid?.() === 0) return
  throw invalid(
    `local_port ${port} is below ${FIRST_FREE_PORT}, which ssh lets only root listen on. Give a higher one.`,
  )
}
