import type { ServerResponse } from 'node:http'
import { CONTENT_SECURITY_POLICY } from './question-html.js'

export interface Reply {
  status: number
  body: string
  headers?: Record<string, string>
}

const HEADERS = {
  'Cache-Control': 'no-store',
  Connection: 'close',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Under no-referrer browsers would post our own form with `Origin: null`.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export const text = (status: number, body: string): Reply => ({ status, body: `${body}\n` })
export const html = (status: number, body: string): Reply => {
  return { status, body, headers: { 'Content-Type': 'text/html; charset=utf-8' } }
}
/** The same for every token that is not open, so that nobody learns which ones ever were. */
export const gone = (): Reply =>
  text(410, 'This link is used up: it was opened elsewhere, or the question is over.')

export function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const type = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, { ...HEADERS, ...type, ...headers }).end(body)
}
