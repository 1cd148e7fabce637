import { connectOrStart, greeting } from '../client/connect.js'
import { log } from '../common/log.js'
import { clientSettings } from '../common/settings.js'
import { addressOf, inUrl, isLoopback } from '../http/address.js'
import { HttpDoor } from '../http/door.js'
import { Gate } from '../http/gate.js'
import { type DoorOptions, type DoorSettings, doorSettings } from '../http/settings.js'
import { keptToken } from '../http/token.js'
import type { OpenStream } from '../http/visits.js'
import { inheritedSocket } from '../platform/inherited-socket.js'
import { prepareState, statePaths } from '../platform/paths.js'
import { CommandError, commandLine } from './arguments.js'

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  'mount-path': { type: 'string' },
  'no-token': { type: 'boolean' },
  embedded: { type: 'boolean' },
} as const

/** The HTTP door, in the foreground until it is told to end; no session ends with it, unless they are embedded. */
export async function serve(args: string[]): Promise<void> {
  const { embedded, ...options } = commandLine(args, OPTIONS).values
  await serveHttp(embedded === true, options)
}

/** @param options what the command line says; the environment says the rest */
export async function serveHttp(embedded: boolean, options: DoorOptions = {}): Promise<void> {
  const inherited = inheritedSocket(process.env, 'tcp')
  // A socket that listens already is somewhere, whatever was to be chosen.
  const settings = doorSettings(process.env, inherited ? { ...options, host: inherited.address } : options)
  clientSettings(process.env) // what is wrong with them is said now, not to each client
  const address = inherited?.address ?? (await addressOf(settings.host))
  checkOpenness(address, settings)
  const gate = new Gate({ path: settings.path, hosts: namesOf(settings), token: tokenOf(settings) })
  const sessions = embedded ? await (await import('../daemon/embedded.js')).embeddedHub() : daemonSessions()
  const door = new HttpDoor({ gate, open: sessions.open, stateless: settings.stateless })
  // One fault must not cost every client.
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack}`))
  const end = async (): Promise<void> => {
    door.close()
    await sessions.end()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
  const { port } = await door.listen(
    inherited ? { fd: inherited.fd } : { host: address, port: settings.port },
  )
  say(`listening on http://${inUrl(address)}:${port}${settings.path}`)
}

function checkOpenness(address: string, { host, noToken }: DoorSettings): void {
  if (isLoopback(address)) {
    if (noToken) say('no token is asked for: every program and user of this machine can use your ssh here.')
  } else if (noToken) {
    throw new CommandError(
      `without a token only loopback may be listened on, which ${host} is not. Leave --no-token (SSH_MCP_HTTP_NO_TOKEN) out, ` +
        'or listen on 127.0.0.1.',
      2,
    )
  } else say(EXPOSED)
}

const EXPOSED =
  'warning: this can be reached from other machines, in clear text. Who has the token works with your keys and your agent on ' +
  'every host that you can reach, and with the files here that transfers may touch. Put TLS in front, or listen on 127.0.0.1.'

/** The names by which clients may call us, besides those of loopback. */
const namesOf = ({ host, hosts }: DoorSettings): string[] =>
  ['0.0.0.0', '::', '[::]'].includes(host) ? [...hosts] : [...hosts, inUrl(host.toLowerCase())]

/** The token that was given, or the one that is kept; a new one is shown this once. */
function tokenOf({ token, noToken }: DoorSettings): string | null {
  if (noToken) return null
  if (token !== null) {
    if (token.length < 16) say('warning: the token in SSH_MCP_HTTP_TOKEN is short enough to be guessed.')
    return token
  }
  const paths = statePaths(process.env)
  prepareState(paths)
  const kept = keptToken(paths.root)
  if (kept.isNew) say(`a token was made, and is shown this once: ${kept.token}`)
  say(`clients send the header "Authorization: Bearer TOKEN"; the token is in ${kept.file}`)
  return kept.token
}

interface Sessions {
  open: OpenStream
  /** Ends what is to end with the door. */
  end: () => Promise<void>
}

/** Each client of the door is a client of the daemon, whose sessions go on without the door. */
function daemonSessions(): Sessions {
  const paths = statePaths(process.env)
  const open: OpenStream = async () => {
    const { socket, welcome, rest } = await connectOrStart(paths, { ...greeting('mcp'), relates: true })
    if (welcome.ok) return { stream: socket, rest }
    socket.destroy()
    throw new Error(welcome.error)
  }
  return { open, end: async () => {} }
}

const say = (text: string): void => void process.stderr.write(`ssh-mcp: ${text}\n`)
