import { invalid, ToolError } from '../common/errors.js'
import { type Environment, flag, port, word } from '../common/variables.js'

/** What is given on the command line; it goes before the environment. */
export interface DoorOptions {
  host?: string | undefined
  port?: string | undefined
  'mount-path'?: string | undefined
  'no-token'?: boolean | undefined
}

/** Where the HTTP door listens, and whom it lets in. */
export interface DoorSettings {
  host: string
  /** 0 for any that is free. */
  port: number
  /** The one path at which MCP is spoken. */
  path: string
  /** The token that was given; null where the one in the state directory counts. */
  token: string | null
  noToken: boolean
  stateless: boolean
  /** Further names by which clients may call us in their Host header, lower case, with or without a port. */
  hosts: readonly string[]
}

/** At which the door says that it is there; never the path of MCP. */
export const HEALTH_PATH = '/healthz'

/** @throws validation_error that names the variable or option */
export function doorSettings(env: Environment, options: DoorOptions = {}): DoorSettings {
  return {
    host: options.host?.trim() || word(env, 'MCP_HOST') || '127.0.0.1',
    port: portOf(options.port, env),
    path: pathOf(options['mount-path'], env),
    token: tokenOf(env),
    noToken: options['no-token'] === true || flag(env, 'SSH_MCP_HTTP_NO_TOKEN'),
    stateless: flag(env, 'MCP_STATELESS_HTTP'),
    hosts: (word(env, 'SSH_MCP_HTTP_HOSTS') ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(checkedHost),
  }
}

function portOf(option: string | undefined, env: Environment): number {
  const given = option === undefined ? port(env, 'MCP_PORT', 0) : port({ '--port': option }, '--port', 0)
  return given ?? 8000
}

/** `--mount-path` is the whole path; the two variables are put together. */
function pathOf(option: string | undefined, env: Environment): string {
  const mount = word(env, 'MCP_MOUNT_PATH') ?? '/'
  const given = option ?? `${mount}/${word(env, 'MCP_STREAMABLE_HTTP_PATH') ?? '/mcp'}`
  const path = `/${given.split('/').filter(Boolean).join('/')}`
  if (!/^[\w\-./~]+$/.test(path) || path.split('/').some((part) => part === '.' || part === '..'))
    throw invalid(`The path ${JSON.stringify(given)} may hold letters, digits and -._~ only.`)
  if (path === HEALTH_PATH)
    throw invalid(`The path ${HEALTH_PATH} is that of the health check; choose another.`)
  return path
}

function tokenOf(env: Environment): string | null {
  const token = word(env, 'SSH_MCP_HTTP_TOKEN')
  if (token === null || /^[\x21-\x7e]+$/.test(token)) return token
  throw new ToolError(
    'validation_error',
    'SSH_MCP_HTTP_TOKEN holds what no HTTP header can: use letters, digits and signs of ASCII, without blanks.',
  )
}

function checkedHost(host: string): string {
  if (/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.test(host)) return host
  throw invalid(
    `SSH_MCP_HTTP_HOSTS holds ${JSON.stringify(host)}, which is no host name. Give names as clients write them, such as mcp.example.org or mcp.example.org:8443.`,
  )
}
