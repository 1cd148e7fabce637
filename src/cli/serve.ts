import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { connectOrStart, greeting } from '../client/connect.js'
import { HttpDoor } from '../http/door.js'
import { Gate, inUrl } from '../http/gate.js'
import { type DoorOptions, type DoorSettings, doorSettings } from '../http/settings.js'
import { keptToken } from '../http/token.js'
import type { OpenStream } from '../http/visits.js'
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

/** The same with what the environment alone says. */
export async function serveHttp(embedded: boolean, options: DoorOptions = {}): Promise<void> {
  const settings = doorSettings(process.env, options)
  const address = await addressOf(settings.host)
  const isOpen = !isLoopback(address)
  if (isOpen && settings.noToken)
    throw new CommandError(
      `without a token only loopback may be listened on, and ${settings.host} is not. Leave --no-token out, or listen on 127.0.0.1.`,
      2,
    )
  const token = settings.noToken ? null : tokenOf(settings)
  const hosts = [...settings.hosts, inUrl(settings.host.toLowerCase())].filter(
    (host) => !WILDCARDS.includes(host),
  )
  const { open, end } = embedded ? await (await import('../daemon/embedded.js')).embeddedHub() : daemonDoor()
  const door = new HttpDoor({
    gate: new Gate({ path: settings.path, hosts, token }),
    open,
    stateless: settings.stateless,
  })
  const { port } = await door.listen({ host: address, port: settings.port })
  say(`listening on http://${inUrl(address)}:${port}${settings.path}`)
  if (isOpen) say(WARNING)
  if (settings.noToken)
    say('no token is asked for: every program and user of this machine can use your ssh through it.')
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      door.close()
      void end().then(() => process.exit(0))
    })
}

const WARNING =
  'warning: this is reachable from other machines, in clear text. Who has the token works with your keys and your agent on ' +
  'every host you can reach, and with the files here that transfers may touch. Put TLS in front, or listen on 127.0.0.1.'

const WILDCARDS = ['0.0.0.0', '[::]']

const say = (text: string): void => void process.stderr.write(`ssh-mcp: ${text}\n`)

async function addressOf(host: string): Promise<string> {
  try {
    // IPv4 first: it is what clients try first for localhost.
    const addresses = await lookup(host.replace(/^\[|\]$/g, ''), { all: true })
    const first = addresses.find(({ family }) => family === 4) ?? addresses[0]
    if (first) return first.address
  } catch {
    // Said below.
  }
  throw new CommandError(`${JSON.stringify(host)} is no address of this machine, and no name of one.`, 2)
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

const isLoopback = (address: string): boolean => LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** The token that was given, or the one that is kept; a new one is shown this once. */
function tokenOf({ token }: DoorSettings): string {
  if (token !== null) {
    if (token.length < 16) say('warning: the token in SSH_MCP_HTTP_TOKEN is short enough to be guessed.')
    return token
  }
  const paths = statePaths(process.env)
  prepareState(paths)
  const kept = keptToken(paths.root)
  if (kept.isNew) say(`a token was made, and is shown this once: ${kept.token}`)
  say(`clients send the header Authorization: Bearer TOKEN; the token is in ${kept.file}`)
  return kept.token
}

interface Sessions {
  open: OpenStream
  /** What is to end with the door. */
  end: () => Promise<void>
}

/** Each client of the door is a client of the daemon's. */
function daemonDoor(): Sessions {
  const paths = statePaths(process.env)
  const open: OpenStream = async () => {
    const { socket, welcome, rest } = await connectOrStart(paths, { ...greeting('mcp'), relates: true })
    if (welcome.ok) return { stream: socket, rest }
    socket.destroy()
    throw new Error(welcome.error)
  }
  return { open, end: async () => {} }
}
