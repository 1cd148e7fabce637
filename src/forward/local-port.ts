import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { errnoOf, invalid, type ToolError } from '../common/errors.js'
import { listenAddresses, place } from './addresses.js'

/** What says that the machine lacks this family of addresses, which is no matter where there is another. */
const NO_SUCH_FAMILY = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']
/** How long a port that was given back may take to be free, and how often to look, in milliseconds. */
const FREE_MS = 1000
const LOOK_MS = 20

/**
 * Checks that a port here can be listened on, by doing so for a moment: ssh would only say that it failed, and is
 * content with one of several addresses. @throws validation_error, which says what stands in the way
 */
export async function checkPort(host: string, port: number): Promise<void> {
  const addresses = await listenAddresses(host)
  let passedOver: Error | null = null
  let free = 0
  for (const address of addresses) {
    const error = await tryListen(address, port)
    if (error === null) free++
    else if (NO_SUCH_FAMILY.includes(errnoOf(error)) && addresses.length > 1) passedOver = error
    else throw refusal(error, address, port)
  }
  if (free === 0) throw refusal(passedOver, host, port)
}

/** Waits until a port is free that was given back. @returns whether it is */
export async function becomesFree(host: string, port: number): Promise<boolean> {
  for (const until = performance.now() + FREE_MS; ; await pause(LOOK_MS)) {
    const free = await checkPort(host, port).then(
      () => true,
      () => false,
    )
    if (free || performance.now() > until) return free
  }
}

function tryListen(host: string, port: number): Promise<Error | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', resolve)
    // As ssh does it: an IPv6 address takes no IPv4 connections.
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function refusal(error: Error | null, address: string, port: number): ToolError {
  const where = place(address, port)
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return invalid(
        `Port ${port} on this machine is in use: something listens on ${where} already. Give another local_port, or stop ` +
          'what uses it; ssh_list_forwards shows our own forwards.',
      )
    case 'EACCES':
      return invalid(`This machine does not let us listen on ${where}. Give a local_port of 1024 or above.`)
    case 'EADDRNOTAVAIL':
      return invalid(
        `${address} is no address of this machine. Give 127.0.0.1 as bind_address, or leave it out.`,
      )
    default:
      return invalid(
        `This machine cannot listen on ${where} (${error?.message ?? 'no address'}). Give another bind_address or local_port.`,
      )
  }
}
