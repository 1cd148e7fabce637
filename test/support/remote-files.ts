import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Facts } from './harness.js'
import { describeRemote, installed, type RemoteBench } from './remote.js'

/** The file tools on a server, and a directory there. */
export class RemoteFiles {
  readonly #bench: RemoteBench

  constructor(bench: RemoteBench) {
    this.#bench = bench
  }

  /** A path in the remote home. */
  at(...names: string[]): string {
    return join(this.#bench.remote.sshd.home, ...names)
  }

  /** A new empty directory there. */
  directory(): string {
    return mkdtempSync(this.at('d-'))
  }

  call(tool: string, args: Facts, signal?: AbortSignal): Promise<Facts> {
    const { client, sshd } = this.#bench.remote
    return client.call(`ssh_${tool}`, { ...sshd.connection, ...args }, signal)
  }

  view = (path: string, args: Facts = {}) => this.call('view', { path, ...args })
  create = (path: string, content: string, args: Facts = {}) =>
    this.call('create', { path, content, ...args })
  edit = (path: string, old_str: string, new_str: string, args: Facts = {}) =>
    this.call('edit', { path, edits: [{ old_str, new_str }], ...args })
  grep = (pattern: string, path: string, args: Facts = {}) => this.call('grep', { pattern, path, ...args })
  glob = (pattern: string, path: string, args: Facts = {}) => this.call('glob', { pattern, path, ...args })
}

export const ALL_TOOLS = { SSH_MCP_TOOLSETS: 'all' }

/** Tests of the file tools on a server of their own. @param config further lines of its configuration */
export function describeFiles(
  name: string,
  tests: (files: RemoteFiles, bench: RemoteBench) => void,
  config: string[] = [],
): void {
  describeRemote(name, (bench) => tests(new RemoteFiles(bench), bench), { config, env: ALL_TOOLS })
}

const BUSYBOX = '/usr/bin/busybox'

const made: string[] = []
/** Removes what was made for KINDS. */
export function removePrograms(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true })
}

/** A directory of programs, each a link to another one. */
function programs(links: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'programs-'))
  made.push(directory)
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(directory, name))
  return directory
}

/** A PATH with nothing but busybox in it. */
function busyboxOnly(): string {
  const list = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  return programs(Object.fromEntries(list.map((applet) => [applet, BUSYBOX])))
}

const loginShell = (shell: string): string[] => [
  `SetEnv HOME=%HOME% SHELL=/usr/bin/${shell}`,
  `ForceCommand exec /usr/bin/${shell} -c "$SSH_ORIGINAL_COMMAND"`,
]

/** The kinds of remotes: what they are called, the program that makes them so, and the server's configuration. */
export const KINDS: readonly (readonly [string, () => string[]])[] = (
  [
    ['dash', 'dash', () => [`SetEnv HOME=%HOME% PATH=${programs({ sh: '/usr/bin/dash' })}:/usr/bin:/bin`]],
    ['bash', 'bash', () => [`SetEnv HOME=%HOME% PATH=${programs({ sh: '/usr/bin/bash' })}:/usr/bin:/bin`]],
    ['ksh', 'ksh', () => [`SetEnv HOME=%HOME% PATH=${programs({ sh: '/usr/bin/ksh' })}:/usr/bin:/bin`]],
    ['nothing but busybox', 'busybox', () => [`SetEnv HOME=%HOME% PATH=${busyboxOnly()}`]],
    ['the login shell tcsh', 'tcsh', () => loginShell('tcsh')],
    ['the login shell fish', 'fish', () => loginShell('fish')],
  ] as const
)
  .filter(([, program]) => installed(program))
  .map(([name, , config]) => [name, config] as const)

export const leftovers = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith('.ssh-mcp'))
