import { lookup } from 'node:dns/promises'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { invalid, ToolError } from '../common/errors.js'

/** Nothing a unix socket's path, an option or ssh's own syntax could be made of. */
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253})$/
const ZONE = /%[A-Za-z0-9_.-]+$/
/** Every address of the machine; ssh takes an empty one over the control socket for loopback. */
const EVERYWHERE = '*'

/** Where a forward listens, in ssh's words. @throws validation_error, or policy_denied beyond loopback */
export function bindAddress(given: string, allowPublic: boolean): string {
  const plain = unbracketed(given)
  const address = plain === '' ? EVERYWHERE : plain
  if (address !== EVERYWHERE && !isHost(address))
    throw invalid(`bind_address ${shown(given)} is no address. Give 127.0.0.1, ::1 or another IP address.`)
  if (isLoopback(address) || allowPublic) return address
  throw new ToolError(
    'policy_denied',
    `bind_address ${shown(given)} is not loopback, so others could reach the port. Use 127.0.0.1, or let the person ` +
      'who runs this server set SSH_MCP_ALLOW_PUBLIC_BIND=1.',
  )
}

/** Where a forward leads to. @throws validation_error */
export function remoteHost(given: string): string {
  const host = unbracketed(given)
  if (isHost(host)) return host
  throw invalid(
    `remote_host ${shown(given)} is no host name or IP address. Give one without port, path or blanks; the port goes into ` +
      'remote_port, or local_port where the direction is remote.',
  )
}

/**
 * Whether only this machine can reach it. Other spellings of loopback (`127.1`, `0177.0.0.1`, `::ffff:127.0.0.1`) are
 * not taken for it: what reads them further on may not agree.
 */
function isLoopback(address: string): boolean {
  return (
    address === 'localhost' || address === '::1' || (isIPv4(address) && /^127\.\d+\.\d+\.\d+$/.test(address))
  )
}

/** The addresses that ssh listens on for it, on this machine. */
export async function listenAddresses(address: string): Promise<string[]> {
  if (address === EVERYWHERE) return ['0.0.0.0', '::']
  if (address === 'localhost') return ['127.0.0.1', '::1']
  if (isIP(address.replace(ZONE, ''))) return [address]
  const found = await lookup(address, { all: true }).catch(() => [])
  if (found.length > 0) return found.map((one) => one.address)
  throw invalid(`bind_address ${shown(address)} is not known here. Give an IP address of this machine.`)
}

/** Whether two forwards that listen there with the same port could get into each other's way. */
export function overlap(one: string, other: string): boolean {
  const all = (address: string): boolean => [EVERYWHERE, '0.0.0.0', '::'].includes(address)
  const local = (address: string): boolean => address === 'localhost' || isLoopback(address)
  if (one === other || all(one) || all(other)) return true
  return (one === 'localhost' && local(other)) || (other === 'localhost' && local(one))
}

/** An address with its port, as it is written. */
export const place = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

const isHost = (host: string): boolean => NAME.test(host) || isIPv6(host.replace(ZONE, ''))

const unbracketed = (host: string): string => {
  const inside = /^\[(.*)\]$/.exec(host)?.[1]
  return inside !== undefined && isIPv6(inside.replace(ZONE, '')) ? inside : host
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 100))
