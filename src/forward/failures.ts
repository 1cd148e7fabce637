import { ToolError } from '../common/errors.js'
import type { Hold } from '../connection/hold.js'
import type { Connection } from '../connection/resolve.js'
import { place } from './addresses.js'
import type { ForwardRefused } from './listener.js'
import type { ForwardRequest } from './request.js'

/** Why a forward could not be made, for its caller. */

export function couldNotListen(
  { target }: Connection,
  { mux }: ForwardRequest,
  { thePersons }: Hold,
  { denied, message }: ForwardRefused,
): ToolError {
  const where = place(mux.listenHost, mux.listenPort)
  if (denied)
    return failed(`The person's own ssh asked them whether to listen on ${where}, and was told not to.`)
  if (mux.direction === 'remote')
    return failed(
      `${target.typed} does not listen on ${where} for us. The port may be in use there (ssh_exec with 'ss -ltn' shows), ` +
        'be below 1024, or the server may allow no remote forwards (AllowTcpForwarding, PermitListen). ' +
        'Try another remote_port.',
    )
  const whose = thePersons ? "The person's own ssh" : 'ssh'
  return failed(`${whose} could not listen on ${where} on this machine: ${message}. Try another local_port.`)
}

export const noAnswer = ({ target }: Connection): ToolError =>
  failed(`${target.typed} did not answer when it was asked to forward. Try again later.`)

export const masterLost = ({ target }: Connection, error: Error): ToolError =>
  failed(`The connection to ${target.typed} was lost again and again: ${error.message}`)

const failed = (message: string): ToolError => new ToolError('connection_failed', message)
