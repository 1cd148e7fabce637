import { BinaryReader, sshString, uint32 } from './binary.js'

/**
 * What an ssh that is a multiplexing master is told of forwards, over its control socket and outside proxy mode
 * (OpenSSH's PROTOCOL.mux, section 5).
 */
const MUX_OPEN_FORWARD = 0x10000006
const MUX_CLOSE_FORWARD = 0x10000007
const MUX_OK = 0x80000001
const MUX_PERMISSION_DENIED = 0x80000002
const MUX_FAILURE = 0x80000003
const TYPES = { local: 1, remote: 2 } as const

/** A listener and where it leads. Hosts are names or addresses, ports 1 to 65535: larger ones mean a unix socket. */
export interface MuxForward {
  direction: 'local' | 'remote'
  /** `*` for every address of the machine; an empty one would mean loopback. */
  listenHost: string
  listenPort: number
  connectHost: string
  connectPort: number
}

const about = (type: number, id: number, forward: MuxForward): Buffer => {
  const { direction, listenHost, listenPort, connectHost, connectPort } = forward
  const listen = [sshString(listenHost), uint32(listenPort)]
  const connect = [sshString(connectHost), uint32(connectPort)]
  return sshString(Buffer.concat([uint32(type), uint32(id), uint32(TYPES[direction]), ...listen, ...connect]))
}

export const muxOpenForward = (id: number, forward: MuxForward): Buffer =>
  about(MUX_OPEN_FORWARD, id, forward)
/** All fields must be as they were when it was opened. */
export const muxCloseForward = (id: number, forward: MuxForward): Buffer =>
  about(MUX_CLOSE_FORWARD, id, forward)

/** What a master answers; `denied` by the person, who is asked where their configuration says so. */
export type MuxForwardAnswer = { kind: 'ok' } | { kind: 'denied' | 'failed'; reason: string }

/** @returns null for what answers no such request @throws RangeError if it is malformed */
export function muxForwardAnswer(message: Buffer): MuxForwardAnswer | null {
  const reader = new BinaryReader(message)
  const type = reader.uint32()
  if (type !== MUX_OK && type !== MUX_PERMISSION_DENIED && type !== MUX_FAILURE) return null
  reader.uint32() // the number of the request: one at a time is under way
  if (type === MUX_OK) return { kind: 'ok' }
  return { kind: type === MUX_FAILURE ? 'failed' : 'denied', reason: reader.text() }
}
