import { ToolError } from '../common/errors.js'
import {
  type ChannelCommand,
  type ChannelListener,
  ChannelRefused,
  type CommandChannel,
} from './command-channel.js'
import type { Master } from './master.js'
import type { Asker } from './questions.js'
import type { Connection } from './resolve.js'

/** A server that opens no channel for this long is taken to hang, in milliseconds. */
const HUNG_MS = 1000

/** How a call wants its channel. */
export interface Opening {
  asker: Asker | null
  /** Ends the wait for a connection; one that is being made goes on, for others. */
  signal: AbortSignal
  /** How long the server may take to open the channel, in milliseconds; never longer than it may take to connect. */
  patienceMs?: number
  /** The person's own master is not to be used: it did not take the command. */
  notThePersons?: boolean
  /** For ending a command: this one must get through, however many connections there are. */
  urgent?: boolean
}

/** Milliseconds that a server has to open a channel: never less than shows that it hangs. */
function patience(
  { patienceMs = Number.POSITIVE_INFINITY }: Opening,
  { connectSeconds }: Connection,
): number {
  return Math.min(Math.max(patienceMs, HUNG_MS), connectSeconds * 1000)
}

/** Opens a channel. A connection on which the server does not answer in time is not used again. */
export async function openInTime(
  master: Master,
  command: ChannelCommand,
  listener: ChannelListener,
  opening: Opening,
): Promise<CommandChannel> {
  // It takes no fractions.
  const late = AbortSignal.timeout(Math.ceil(patience(opening, master.connection)))
  try {
    return await master.open(command, listener, AbortSignal.any([opening.signal, late]))
  } catch (error) {
    if (late.aborted) master.hung = true
    const impatient = patience(opening, master.connection) < master.connection.connectSeconds * 1000
    // What must get through tries again, on a connection of its own.
    throw late.aborted && impatient && !opening.urgent ? tooLate(master.connection) : error
  }
}

const tooLate = ({ target }: Connection): ToolError =>
  new ToolError(
    'connection_failed',
    `${target.typed} did not take the command within its timeout, so nothing was run. Try again, or give a longer timeout.`,
  )

export function givenUp({ target }: Connection, error: Error): ToolError {
  const why =
    error instanceof ChannelRefused
      ? `${target.typed} lets us in, but opens no channel for a command (${error.message}). It may allow forwards or file transfer only.`
      : `The connection to ${target.typed} was lost again and again: ${error.message}`
  return new ToolError('connection_failed', why)
}

/** @throws the signal's reason as soon as it is aborted */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
