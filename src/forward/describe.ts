import { place } from './addresses.js'
import type { Forward } from './forward.js'

/** A forward on one line: its id, where it listens, where it leads, and what became of it. */
export function forwardLine(forward: Forward): string {
  const { direction, listenHost, listenPort, connectHost, connectPort } = forward.request.mux
  const from = place(listenHost, listenPort)
  const to = place(connectHost, connectPort)
  const { typed } = forward.connection.target
  const way =
    direction === 'local' ? `${from} here to ${to} through ${typed}` : `${from} on ${typed} to ${to} here`
  return `${forward.id} ${direction}: ${way}, ${state(forward)}`
}

function state({ running, active, restarts, lastError }: Forward): string {
  if (running) return restarts > 0 ? `running, came back ${restarts} times` : 'running'
  const what = active ? 'NOT running, is tried again' : 'stopped'
  return lastError === null ? what : `${what}: ${oneLine(lastError)}`
}

const oneLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 300)
