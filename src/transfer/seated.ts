import { setTimeout as pause } from 'node:timers/promises'
import { ToolError } from '../common/errors.js'
import type { Masters, Seat } from '../connection/masters.js'
import { masterAnswers } from '../connection/mux-link.js'
import type { Opening } from '../connection/opening.js'
import { rideOf, takeLog } from '../connection/passenger.js'
import type { Connection } from '../connection/resolve.js'
import { ownSession, ridingOptions } from '../ssh/argv.js'

/** Each failure shows a server's limit or a connection that died; more of them in a row are no coincidence. */
const TRIES = 5
const RETRY_MS = 100

/** What became of a ride: whatever the program gave, and whether its connection lived to its end. */
interface Ride<T> {
  result: T
  lost: boolean
}

/**
 * Lets a program's ssh ride on the shared connection, and tries again where that opened no channel for it, so that
 * nothing was done. @param run gives its result, and what that ssh said where it did not write it to the seat's log
 * @throws connection_failed
 */
export async function onSeat<T>(
  masters: Masters,
  connection: Connection,
  opening: Opening,
  run: (seat: Seat) => Promise<{ result: T; words?: string }>,
): Promise<Ride<T>> {
  let how = opening
  for (let tries = 1; ; tries++) {
    const seat = await masters.seat(connection, how)
    let ride: ReturnType<typeof rideOf> = 'fine'
    try {
      const { result, words } = await run(seat)
      ride = rideOf(words ?? takeLog(seat.log))
      // A master that lives on has heard of a signal that ended the other side, which it tells nobody.
      const lost = ride === 'lost' && !(await masterAnswers(seat.controlPath))
      if (ride === 'fine' || ride === 'lost' || opening.signal.aborted) return { result, lost }
    } finally {
      takeLog(seat.log)
      await seat.leave(ride === 'refused')
    }
    if (tries === TRIES) throw givenUp(connection, ride)
    if (seat.thePersons) how = { ...how, notThePersons: true }
    else await pause(RETRY_MS)
  }
}

/** The words that start such an ssh, without the host. What it says itself is kept apart. */
export function shellWords({ ssh: { program, version } }: Connection, { controlPath, log }: Seat): string[] {
  const options = ['LogLevel=DEBUG2', ...ownSession(version), ...ridingOptions({ controlPath, version })]
  return [program, '-T', '-E', log, ...options.flatMap((option) => ['-o', option])]
}

const givenUp = ({ target }: Connection, ride: 'refused' | 'gone'): ToolError =>
  new ToolError(
    'connection_failed',
    ride === 'refused'
      ? `${target.typed} lets us in, but opens no channel for the transfer. It may allow forwards only.`
      : `The connection to ${target.typed} was lost again and again, so nothing was transferred. Try again.`,
  )
