import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { invalid } from '../common/errors.js'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

export const isLoopback = (address: string): boolean =>
  LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** An address as it stands in a URL; IPv4 that came in by IPv6 as itself. */
export function inUrl(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return plain.includes(':') ? `[${plain}]` : plain
}

/** The address that a name stands for. What is decided by it must not be looked up again. @throws validation_error */
export async function addressOf(host: string): Promise<string> {
  try {
    // IPv4 first: it is what clients try first for localhost.
    const addresses = await lookup(host.replace(/^\[|\]$/g, ''), { all: true })
    const first = addresses.find(({ family }) => family === 4) ?? addresses[0]
    if (first) return first.address
  } catch {
    // Said below.
  }
  throw invalid(
    `${JSON.stringify(host)} is no address of this machine, and no name of one. Give another as --host or MCP_HOST.`,
  )
}
