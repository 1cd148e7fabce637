import { invalid } from './errors.js'
import {
  DEFAULT_CONNECT_SECONDS,
  DEFAULT_EXEC_SECONDS,
  DEFAULT_IDLE_EXIT_SECONDS,
  DEFAULT_MAX_SESSIONS,
  DEFAULT_OUTPUT_CHARS,
  MAX_OUTPUT_CHARS,
  MAX_WAIT_SECONDS,
} from './limits.js'
import { type Environment, flag, number, port, word } from './variables.js'

/** Groups of tools that can be switched on and off together. */
export const TOOLSETS = ['sessions', 'exec', 'transfer', 'forward', 'files', 'connections'] as const
export type Toolset = (typeof TOOLSETS)[number]
const DEFAULT_TOOLSETS: readonly Toolset[] = ['sessions', 'exec', 'transfer', 'forward']

/** What one client has set for its own calls. */
export interface ClientSettings {
  structured: boolean
  maxWaitSeconds: number
  maxOutputChars: number
  connectSeconds: number
  /** Seconds a command of ssh_exec may take; 0 for any time. */
  execSeconds: number
  allowInsecureHostKeys: boolean
  /** Whether forwards may listen beyond loopback. */
  allowPublicBind: boolean
  /** Where transfers may read and write here, as it was given; null for the default. */
  localRoots: string | null
  /** Comma-separated patterns of hosts that may be reached; null for all. */
  allowedHosts: string | null
  toolsets: readonly Toolset[]
  defaultHost: string | null
  defaultUser: string | null
  defaultPort: number | null
  password: string | null
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
    allowPublicBind: flag(env, 'SSH_MCP_ALLOW_PUBLIC_BIND'),
    localRoots: word(env, 'SSH_MCP_LOCAL_ROOTS'),
    connectSeconds: number(env, 'SSH_CONNECT_TIMEOUT_SEC', DEFAULT_CONNECT_SECONDS, 1, 3600),
    execSeconds: number(env, 'SSH_DEFAULT_TIMEOUT_SEC', DEFAULT_EXEC_SECONDS, 0, 86_400),
    allowedHosts: word(env, 'SSH_MCP_ALLOWED_HOSTS') ?? word(env, 'SSH_ALLOWED_HOSTS'),
    toolsets: toolsets(env),
    defaultHost: word(env, 'SSH_DEFAULT_HOST'),
    defaultUser: word(env, 'SSH_DEFAULT_USER'),
    defaultPort: port(env, 'SSH_DEFAULT_PORT'),
    // As it is, for blanks may belong to it.
    password: password(env),
  }
}

/** @throws validation_error that names the variable */
export function daemonSettings(env: Environment): DaemonSettings {
  return {
    maxSessions: number(env, 'SSH_MCP_MAX_SESSIONS', DEFAULT_MAX_SESSIONS, 1, 10_000),
    idleExitSeconds: number(env, 'SSH_MCP_IDLE_EXIT_SECONDS', DEFAULT_IDLE_EXIT_SECONDS, 1, 31_536_000),
  }
}

function password(env: Environment): string | null {
  if (/[\r\n\0]/.test(env.SSH_DEFAULT_PASSWORD ?? ''))
    throw invalid(
      "SSH_DEFAULT_PASSWORD holds a line break, which ssh cannot take. Correct it in the client's configuration.",
    )
  return env.SSH_DEFAULT_PASSWORD || null
}

function toolsets(env: Environment): readonly Toolset[] {
  const text = word(env, 'SSH_MCP_TOOLSETS')?.toLowerCase()
  if (!text) return DEFAULT_TOOLSETS
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('all')) return TOOLSETS
  const unknown = names.find((name) => name !== '' && !TOOLSETS.some((toolset) => toolset === name))
  if (unknown === undefined) return TOOLSETS.filter((toolset) => names.includes(toolset))
  throw invalid(
    `SSH_MCP_TOOLSETS names '${unknown}', but there are: ${TOOLSETS.join(', ')}, or all. Correct it in the client's configuration.`,
  )
}
