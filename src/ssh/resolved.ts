/** What `ssh -G` says a target leads to; the part of it that identifies a session. */
export interface Resolved {
  user: string
  port: string
  hops: string
}

/** Reads the output of `ssh -G`: one lower-case keyword and its value a line. */
export function parseResolved(output: string): Resolved {
  const values = new Map<string, string>()
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) values.set(line.slice(0, space), line.slice(space + 1))
  }
  const hops = values.get('proxyjump') ?? values.get('proxycommand') ?? ''
  return { user: values.get('user') ?? '', port: values.get('port') ?? '', hops: hops === 'none' ? '' : hops }
}
