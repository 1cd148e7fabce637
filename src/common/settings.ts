import { invalid } from './errors.js'
import {
  DEFAULT_CONNECT_SECONDS,
  DEFAULT_IDLE_EXIT_SECONDS,
  DEFAULT_MAX_SESSIONS,
  DEFAULT_OUTPUT_CHARS,
  MAX_OUTPUT_CHARS,
  MAX_WAIT_SECONDS,
} from './limits.js'

type Environment = Readonly<Record<string, string | undefined>>

/** What one client has set for its own calls. */
export interface ClientSettings {
  structured: boolean
  maxWaitSeconds: number
  maxOutputChars: number
  connectSeconds: number
  allowInsecureHostKeys: boolean
}

/** What the client that started the daemon has set for the whole of it. */
export interface DaemonSettings {
  maxSessions: number
  idleExitSeconds: number
}

/** @throws validation_error that names the variable */
export function clientSettings(env: Environment): ClientSettings {
  return {
    structured: flag(env, 'SSH_MCP_STRUCTURED'),
    maxWaitSeconds: number(env, 'SSH_MCP_MAX_WAIT_SECONDS', MAX_WAIT_SECONDS, 1, 86_400),
    maxOutputChars: number(env, 'SSH_MAX_OUTPUT_CHARS', DEFAULT_OUTPUT_CHARS, 1, MAX_OUTPUT_CHARS),
    allowInsecureHostKeys: flag(env, 'SSH_MCP_ALLOW_INSECURE_HOST_KEYS'),
    connectSeconds: number(env, 'SSH_CONNECT_TIMEOUT_SEC', DEFAULT_CONNECT_SECONDS, 1, 3600),
  }
}

/** @throws validation_error that names the variable */
export function daemonSettings(env: Environment): DaemonSettings {
  return {
    maxSessions: number(env, 'SSH_MCP_MAX_SESSIONS', DEFAULT_MAX_SESSIONS, 1, 10_000),
    idleExitSeconds: number(env, 'SSH_MCP_IDLE_EXIT_SECONDS', DEFAULT_IDLE_EXIT_SECONDS, 1, 31_536_000),
  }
}

function number(env: Environment, name: string, otherwise: number, least: number, most: number): number {
  const text = env[name]?.trim()
  if (!text) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) {
    throw invalid(
      `${name} is '${text}', but must be a whole number from ${least} to ${most}. Correct it in the client's configuration.`,
    )
  }
  return Math.min(value, most)
}

function flag(env: Environment, name: string): boolean {
  const text = env[name]?.trim().toLowerCase()
  if (!text || ['0', 'false', 'no', 'off'].includes(text)) return false
  if (['1', 'true', 'yes', 'on'].includes(text)) return true
  throw invalid(`${name} is '${text}', but must be 1 or 0. Correct it in the client's configuration.`)
}
