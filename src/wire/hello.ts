import type { HelperAnswer, HelperQuestion } from '../common/askpass.js'

/**
 * The first line of a connection, each way. After it the stream is MCP for `mcp`; for `control` and `askpass` the answer
 * is all there is. Fields may be added, never change their meaning; PROTOCOL counts up when they would have to.
 */
export const PROTOCOL = 1

/** What a connection is for. */
type Purpose = 'mcp' | 'control' | 'askpass'
export type ControlCommand = 'status' | 'shutdown'

export interface Hello {
  hello: 'ssh-mcp'
  protocol: number
  version: string
  purpose: Purpose
  /** For `control`: what is asked. */
  command?: ControlCommand | undefined
  /** For `askpass`: what ssh asks. */
  question?: HelperQuestion | undefined
  /** For `mcp`: what belongs to a request is to say so, as RELATED does. */
  relates?: boolean | undefined
  cwd: string
  env: Record<string, string>
}

export interface DaemonStatus {
  pid: number
  version: string
  socket: string
  sessions: number
  clients: number
  /** Whether its socket is another's, who starts it again when somebody connects. */
  activated?: boolean
}

/** The daemon's answer: who it is, or why it does not serve this connection. */
export type Welcome =
  | { hello: 'ssh-mcp'; ok: true; protocol: number; status: DaemonStatus; helper?: HelperAnswer }
  /** `ending`: the daemon is on its way down, and another may be started in its place. */
  | { hello: 'ssh-mcp'; ok: false; protocol: number; error: string; ending?: boolean }

/** Longest first line, in bytes: an environment is a few kilobytes. */
export const MAX_HELLO_BYTES = 256 * 1024

/**
 * The byte with which each side says that it has no more messages. It cannot occur in JSON, and tells an orderly
 * end from a process that died: what a client asked for is then of no use to anybody.
 */
export const END_OF_MESSAGES = 0x04

/**
 * The member by which a message names the request to which it belongs, for a client that hands each request's
 * messages to somebody else. It is no part of MCP, and goes only to who has asked for it.
 */
export const RELATED = 'relatedRequestId'

export const encodeLine = (message: Hello | Welcome): string => `${JSON.stringify(message)}\n`

/** Reads the daemon's first line. @returns null if it is not one of ours */
export function parseWelcome(line: string): Welcome | null {
  try {
    const message = JSON.parse(line) as Partial<Welcome> | null
    return message?.hello === 'ssh-mcp' && typeof message.ok === 'boolean' ? (message as Welcome) : null
  } catch {
    return null
  }
}
