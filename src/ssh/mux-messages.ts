import { BinaryReader, sshString, uint32 } from './binary.js'

/**
 * What is said to an ssh that is a multiplexing master, over its control socket (OpenSSH's PROTOCOL.mux, version 4):
 * a greeting, then the request for proxy mode, in which the master passes the messages of SSH's connection protocol
 * (RFC 4254) through, each behind a padding length of 0.
 */
const MUX_HELLO = 0x00000001
const MUX_PROXY = 0x1000000f
const MUX_PROXY_OK = 0x8000000f
const MUX_ALIVE_CHECK = 0x10000004
const MUX_ALIVE = 0x80000005
const MUX_VERSION = 4

/** Longest message in bytes, either way: CHANNEL_MUX_MAX_PACKET of OpenSSH's channels.c. */
export const MAX_FRAME_BYTES = 256 * 1024

const frame = (...parts: Buffer[]): Buffer => sshString(Buffer.concat(parts))

export const muxHello = (): Buffer => frame(uint32(MUX_HELLO), uint32(MUX_VERSION))
export const muxProxyRequest = (): Buffer => frame(uint32(MUX_PROXY), uint32(0))
export const muxAliveCheck = (): Buffer => frame(uint32(MUX_ALIVE_CHECK), uint32(0))

/** What a master answers before proxy mode begins. */
export function muxAnswer(message: Buffer): 'hello' | 'proxy' | 'alive' | 'refused' {
  const reader = new BinaryReader(message)
  const type = reader.uint32()
  if (type === MUX_HELLO) return reader.uint32() === MUX_VERSION ? 'hello' : 'refused'
  if (type === MUX_PROXY_OK) return 'proxy'
  return type === MUX_ALIVE ? 'alive' : 'refused'
}

const OPEN = 90
const OPEN_CONFIRMATION = 91
const OPEN_FAILURE = 92
const WINDOW_ADJUST = 93
const DATA = 94
const EXTENDED_DATA = 95
const EOF = 96
const CLOSE = 97
const REQUEST = 98
const SUCCESS = 99
const FAILURE = 100

const message = (type: number, ...parts: Buffer[]): Buffer => frame(Buffer.from([0, type]), ...parts)
const request = (channel: number, name: string, wantReply: boolean, ...parts: Buffer[]): Buffer =>
  message(REQUEST, uint32(channel), sshString(name), Buffer.from([wantReply ? 1 : 0]), ...parts)

/** @param window bytes that the other side may send before it is given more; @param packet the most in one message */
export const openSession = (channel: number, window: number, packet: number): Buffer =>
  message(OPEN, sshString('session'), uint32(channel), uint32(window), uint32(packet))
export const windowAdjust = (channel: number, bytes: number): Buffer =>
  message(WINDOW_ADJUST, uint32(channel), uint32(bytes))
export const data = (channel: number, bytes: Buffer): Buffer =>
  message(DATA, uint32(channel), sshString(bytes))
export const endOfInput = (channel: number): Buffer => message(EOF, uint32(channel))
export const closeChannel = (channel: number): Buffer => message(CLOSE, uint32(channel))
export const failure = (channel: number): Buffer => message(FAILURE, uint32(channel))
export const setVariable = (channel: number, name: string, value: string): Buffer =>
  request(channel, 'env', false, sshString(name), sshString(value))
export const forwardAgent = (channel: number): Buffer => request(channel, 'auth-agent-req@openssh.com', false)
/** Without terminal modes: the remote's own defaults hold. */
export const requestTerminal = (channel: number, term: string, cols: number, rows: number): Buffer =>
  request(
    channel,
    'pty-req',
    false,
    sshString(term),
    ...[cols, rows, 0, 0].map(uint32),
    sshString(Buffer.from([0])),
  )
export const execute = (channel: number, command: string): Buffer =>
  request(channel, 'exec', true, sshString(command))
export const startSubsystem = (channel: number, name: string): Buffer =>
  request(channel, 'subsystem', true, sshString(name))
/** @param name without SIG, such as TERM */
export const sendSignal = (channel: number, name: string): Buffer =>
  request(channel, 'signal', true, sshString(name))

/** A message of the other side; `channel` is our own number of it. */
export type ChannelMessage =
  | { kind: 'confirmed'; channel: number; remote: number; window: number; packet: number }
  | { kind: 'refused'; channel: number; reason: string }
  | { kind: 'window'; channel: number; bytes: number }
  | { kind: 'stdout' | 'stderr'; channel: number; bytes: Buffer }
  | { kind: 'end-of-output' | 'closed' | 'success' | 'failure'; channel: number }
  | { kind: 'exit-status'; channel: number; code: number }
  | { kind: 'exit-signal'; channel: number; signal: string }
  /** Some other request; where a reply is wanted it has to get one, for servers ask so whether we are alive. */
  | { kind: 'request'; channel: number; wantReply: boolean }

/** Reads a message of proxy mode. @returns null for one that is of no use here @throws RangeError if it is malformed */
export function channelMessage(bytes: Buffer): ChannelMessage | null {
  const reader = new BinaryReader(bytes)
  reader.byte()
  const type = reader.byte()
  if (type < OPEN_CONFIRMATION || type > FAILURE) return null
  const channel = reader.uint32()
  if (type === REQUEST) return requestMessage(channel, reader)
  return plainMessage(type, channel, reader)
}

function plainMessage(type: number, channel: number, reader: BinaryReader): ChannelMessage | null {
  switch (type) {
    case OPEN_CONFIRMATION: {
      const [remote, window, packet] = [reader.uint32(), reader.uint32(), reader.uint32()]
      return { kind: 'confirmed', channel, remote, window, packet }
    }
    case OPEN_FAILURE:
      reader.uint32()
      return { kind: 'refused', channel, reason: reader.text() }
    case WINDOW_ADJUST:
      return { kind: 'window', channel, bytes: reader.uint32() }
    case DATA:
      return { kind: 'stdout', channel, bytes: reader.string() }
    case EXTENDED_DATA:
      reader.uint32() // the only kind there is: SSH_EXTENDED_DATA_STDERR
      return { kind: 'stderr', channel, bytes: reader.string() }
    case EOF:
      return { kind: 'end-of-output', channel }
    case CLOSE:
      return { kind: 'closed', channel }
    default:
      return { kind: type === SUCCESS ? 'success' : 'failure', channel }
  }
}

function requestMessage(channel: number, reader: BinaryReader): ChannelMessage {
  const name = reader.text()
  const wantReply = reader.byte() !== 0
  if (name === 'exit-status') return { kind: 'exit-status', channel, code: reader.uint32() }
  if (name === 'exit-signal') return { kind: 'exit-signal', channel, signal: reader.text() }
  return { kind: 'request', channel, wantReply }
}
