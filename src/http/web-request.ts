import type { IncomingMessage } from 'node:http'

/** A request as the SDK's transport takes it, without its body, which was read before. */
export function webRequest({ method = 'GET', url = '/', headers }: IncomingMessage): Request {
  const flat = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  return new Request(new URL(url, 'http://localhost'), { method, headers: flat })
}
