/** What ssh says of a connection it made, at LogLevel DEBUG1; null where it did not say. */
export interface Greeting {
  /** The server's software, such as OpenSSH_9.2p1. */
  software: string | null
  /** How we were authenticated, such as publickey. */
  method: string | null
}

/** Reads ssh's debug output up to the point where it is authenticated. */
export function greetingOf(output: string): Greeting {
  const software = /remote software version (\S[^\r\n]*)/.exec(output)
  const method = /Authenticated to .* using "([\w@.-]+)"/.exec(output)
  return { software: software?.[1]?.trim() ?? null, method: method?.[1] ?? null }
}
