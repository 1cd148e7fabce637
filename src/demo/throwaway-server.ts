import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ssh2, {
  type AuthContext,
  type PseudoTtyInfo,
  type ServerChannel,
  type Session as SshSession,
} from 'ssh2'
import { Pty } from '../platform/pty.js'
import { InputQueue } from '../session/input-queue.js'

/** An SSH server that exists for the demo only: on loopback, for one key made on the spot, with real shells. */
export interface ThrowawayServer {
  port: number
  identityFile: string
  knownHostsFile: string
  close(): void
}

/** Starts it; its key files go into `directory`. */
export async function startThrowawayServer(directory: string): Promise<ThrowawayServer> {
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519')
  const userKey = ssh2.utils.generateKeyPairSync('ed25519')
  const identityFile = join(directory, 'id_demo')
  writeFileSync(identityFile, userKey.private, { mode: 0o600 })
  const shells = new Set<Pty>()
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    connection.on('authentication', (context) => admit(context, userKey.public))
    connection.on('ready', () => connection.on('session', (accept) => serve(accept(), shells)))
    connection.on('error', () => {}) // a connection that breaks off needs no words here
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const knownHostsFile = join(directory, 'known_hosts')
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.public}\n`, { mode: 0o600 })
  return {
    port,
    identityFile,
    knownHostsFile,
    close: () => {
      for (const shell of shells) shell.kill('SIGHUP')
      server.close()
    },
  }
}

function admit(context: AuthContext, publicKey: string): void {
  const allowed = ssh2.utils.parseKey(publicKey)
  if (context.method !== 'publickey' || allowed instanceof Error) return context.reject(['publickey'])
  const same = context.key.algo === allowed.type && context.key.data.equals(allowed.getPublicSSH())
  const proven =
    !context.signature || allowed.verify(context.blob as Buffer, context.signature, context.hashAlgo) === true
  if (same && proven) context.accept()
  else context.reject(['publickey'])
}

function serve(session: SshSession, shells: Set<Pty>): void {
  let size: Pick<PseudoTtyInfo, 'cols' | 'rows'> = { cols: 80, rows: 24 }
  let shell: Pty | null = null
  session.on('pty', (accept, _reject, info) => {
    size = info
    accept?.()
  })
  session.on('window-change', (accept, _reject, info) => {
    shell?.resize(info.cols, info.rows)
    accept?.()
  })
  session.on('shell', (accept) => {
    shell = startShell(accept(), size, shells)
  })
}

function startShell(
  channel: ServerChannel,
  size: Pick<PseudoTtyInfo, 'cols' | 'rows'>,
  shells: Set<Pty>,
): Pty {
  const { PATH = '/usr/bin:/bin', HOME = '/', SHELL = '/bin/sh' } = process.env
  const shell = new Pty({
    ...{ file: SHELL, args: ['-i'], cwd: HOME, ...size },
    env: { PATH, HOME, SHELL, TERM: 'xterm-256color' },
    onData: (chunk) => {
      if (!channel.write(Buffer.from(chunk))) shell.pause()
    },
    onExit: ({ code }) => {
      shells.delete(shell)
      channel.exit(code)
      channel.end()
    },
  })
  shells.add(shell)
  channel.on('drain', () => shell.resume())
  const input = new InputQueue((bytes) => shell.write(bytes))
  channel.on('data', (chunk: Buffer) => void input.send(chunk, false, () => {}))
  channel.on('close', () => shell.kill('SIGHUP'))
  return shell
}
