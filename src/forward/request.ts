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

/** Ports below it are for root, unless the machine says otherwise. */
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
  return {
    asked,
    mux: { direction, listenHost, listenPort: local_port, connectHost, connectPort: remote_port },
  }
}

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
