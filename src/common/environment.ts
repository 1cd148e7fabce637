import type { Environment } from './variables.js'

/**
 * The environment that ssh and its helpers may see. Built from a list of what they need, so that no secret of
 * the host application and nothing that makes a program run or load something else comes along.
 */
const FOR_CHILDREN =
  /^(?:HOME|PATH|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|SSH_AUTH_SOCK|SSH_AGENT_PID|XDG_RUNTIME_DIR|KRB5CCNAME|DISPLAY|WAYLAND_DISPLAY|TMUX_TMPDIR)$/
/** What else the daemon needs to know of a client: its settings; the HTTP door's own, its token above all, are not. */
const SETTINGS =
  /^(?:SSH_MCP_(?!HTTP_)|SSH_DEFAULT_)[A-Z_]+$|^(?:SSH_ALLOWED_HOSTS|SSH_CONNECT_TIMEOUT_SEC|SSH_MAX_OUTPUT_CHARS|XDG_STATE_HOME)$/

export const childEnvironment = (env: Environment): Record<string, string> =>
  chosen(env, (name) => FOR_CHILDREN.test(name))

/** What a client tells the daemon of its environment in the first line of a connection. */
export const clientEnvironment = (env: Environment): Record<string, string> =>
  chosen(env, (name) => FOR_CHILDREN.test(name) || SETTINGS.test(name))

/** What the daemon process itself is started with: what holds for all clients, and nobody's password. */
export const daemonEnvironment = (env: Environment): Record<string, string> =>
  chosen(env, (name) =>
    /^(?:HOME|PATH|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|XDG_STATE_HOME|SSH_MCP_STATE_DIR|SSH_MCP_MAX_SESSIONS|SSH_MCP_IDLE_EXIT_SECONDS)$/.test(
      name,
    ),
  )

function chosen(env: Environment, keep: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries.filter(([name]) => keep(name)))
}
