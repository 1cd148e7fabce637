/** What `ssh -G` says a target leads to. */
export interface Resolved {
  user: string
  /** The host name that is connected to, or that the last hop is asked for. */
  host: string
  port: string
  /** ProxyJump, else ProxyCommand; '' for none. */
  hops: string
  proxyJump: string
  proxyCommand: string
  /** The person's own control socket for it, '' for none. */
  controlPath: string
  /** The person's files of host keys; those whose names hold blanks are left out. */
  knownHosts: string[]
  forwardAgent: boolean
  /** Patterns of variables that are sent along, and variables that are set. */
  sendEnv: string[]
  setEnv: [string, string][]
  /** All of it, but for the name that was typed: what two targets must agree in to share a connection. */
  text: string
}

/** Reads the output of `ssh -G`: one lower-case keyword and its value a line. */
export function parseResolved(output: string): Resolved {
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('host '))
  const all = (keyword: string): string[] =>
    lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1))
  const one = (keyword: string): string => {
    const value = all(keyword)[0] ?? ''
    return value === 'none' ? '' : value
  }
  return {
    user: one('user'),
    host: one('hostname'),
    port: one('port'),
    hops: one('proxyjump') || one('proxycommand'),
    proxyJump: one('proxyjump'),
    proxyCommand: one('proxycommand'),
    controlPath: one('controlpath'),
    knownHosts: one('userknownhostsfile')
      .split(' ')
      .filter((path) => path.startsWith('/')),
    forwardAgent: !['', 'no'].includes(one('forwardagent')),
    sendEnv: all('sendenv').flatMap((patterns) => patterns.split(' ')),
    setEnv: all('setenv').map((pair) => [
      pair.slice(0, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ]),
    text: lines.join('\n'),
  }
}
