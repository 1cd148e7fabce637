/** One command of `ssh-mcp`. What it needs is loaded when it runs, so that the bridge starts fast. */
interface Command {
  names: readonly string[]
  /** For the help, null where a command is not for people. */
  usage: string | null
  summary: string
  run(args: string[]): Promise<void>
}

export const COMMANDS: readonly Command[] = [
  {
    names: ['', '--embedded'],
    usage: 'ssh-mcp',
    summary: 'the MCP server on standard input and output (--embedded: without a daemon)',
    run: async (args) =>
      (await import('./serve-stdio.js')).serveStdio(args, process.argv[2] === '--embedded'),
  },
  {
    names: ['list'],
    usage: 'list [--json]',
    summary: 'the sessions: running, and ended within the last hour',
    run: async (args) => (await import('./list.js')).list(args),
  },
  {
    names: ['tail'],
    usage: 'tail NAME [-n LINES] [--no-follow]',
    summary: "follow a session's transcript until it ends",
    run: async (args) => (await import('./tail.js')).tail(args),
  },
  {
    names: ['stop'],
    usage: 'stop NAME [--force]',
    summary: 'end a session',
    run: async (args) => (await import('./stop.js')).stop(args),
  },
  {
    names: ['status'],
    usage: 'status [--json]',
    summary: 'whether the daemon runs, and what it holds',
    run: async (args) => (await import('./status.js')).status(args),
  },
  {
    names: ['shutdown'],
    usage: 'shutdown',
    summary: 'end the daemon and every session',
    run: async (args) => (await import('./shutdown.js')).shutdown(args),
  },
  {
    names: ['serve'],
    usage: 'serve [--host H] [--port N]',
    summary: 'the MCP server over HTTP, in the foreground (--no-token, --mount-path, --embedded)',
    run: async (args) => (await import('./serve.js')).serve(args),
  },
  {
    names: ['demo'],
    usage: 'demo',
    summary: 'see it work, against an SSH server of its own on this machine',
    run: async () => (await import('../demo/demo.js')).demo(),
  },
  {
    names: ['help', '--help', '-h'],
    usage: 'help',
    summary: 'this',
    run: async () => void process.stdout.write(helpText()),
  },
  {
    names: ['--version', '-v', 'version'],
    usage: '--version',
    summary: 'the version',
    run: async () =>
      void process.stdout.write(`${(await import('../common/version.js')).packageVersion()}\n`),
  },
  {
    names: ['askpass'],
    usage: null,
    summary: 'what ssh runs to have a question answered',
    run: async (args) => (await import('./askpass.js')).askpass(args),
  },
  {
    names: ['daemon'],
    usage: null,
    summary: 'the daemon itself, in the foreground',
    run: async () => (await import('../daemon/daemon.js')).runDaemon(),
  },
]

export function helpText(): string {
  const shown = COMMANDS.filter(({ usage }) => usage !== null)
  const lines = shown.map(({ usage, summary }) => {
    const call = usage === 'ssh-mcp' ? usage : `ssh-mcp ${usage}`
    return `  ${call.padEnd(44)} ${summary}`
  })
  return `ssh-mcp: persistent SSH sessions for AI agents, over MCP.\n\n${lines.join('\n')}\n\nNAME is a session's name or id.\n`
}
