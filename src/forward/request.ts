import { invalid } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import type { MuxForward } from '../ssh/mux-forward-messages.js'
import { atLeast, type SshVersion } from '../ssh/version.js'
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

const SERVERS_LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost']

/** Ports below it are for root, unless the machine says otherwise. */
const FIRST_FREE_PORT = 1024

/** @throws validation_error or policy_denied */
export function forwardRequest(asked: ForwardArguments, { settings }: Caller): ForwardRequest {
  const { direction, local_port, remote_port } = asked
  const listenHost = bindAddress(asked.bind_address, settings.allowPublicBind)
  const connectHost = remoteHost(asked.remote_host)
  if (direction === 'remote') checkServersLoopback(listenHost)
  if (direction === 'remote')
    return {
      asked,
      mux: { direction, listenHost, listenPort: remote_port, connectHost, connectPort: local_port },
    }
  return {
    asked,
    mux: { direction, listenHost, listenPort: local_port, connectHost, connectPort: remote_port },
  }
}

/** Where a server listens is its own to say (GatewayPorts), and it has one loopback, whichever is asked for. */
function checkServersLoopback(listenHost: string): void {
  if (!listenHost.startsWith('127.') || listenHost === '127.0.0.1') return
  throw invalid(
    `A server listens for others' forwards on 127.0.0.1, not on ${listenHost}. Give 127.0.0.1 as bind_address.`,
  )
}

/** What somebody has to know of a listener that is not where it was asked for; null where nothing is open. */
export const bindWarning = ({ mux: { direction, listenHost } }: ForwardRequest): string | null =>
  direction === 'local' || SERVERS_LOOPBACK.includes(listenHost)
    ? null
    : "Whether others can reach the port is up to the server's GatewayPorts: by default it listens on its loopback only."

/**
 * An ssh before 7.8 that is not root's ends, with all that is on it, when it is told to listen on such a port; a later
 * one leaves it to the machine. @param uid whose ssh it is @throws validation_error
 */
export function checkPrivileged(
  { mux: { direction, listenPort } }: ForwardRequest,
  version: SshVersion,
  uid = process.getuid?.(),
): void {
  if (direction === 'remote' || listenPort >= FIRST_FREE_PORT || uid === 0 || atLeast(version, 7, 8)) return
  throw invalid(
    `local_port ${listenPort} is below ${FIRST_FREE_PORT}, on which this ssh lets only root listen. Give a higher one.`,
  )
}
