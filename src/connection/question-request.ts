import type { IncomingMessage } from 'node:http'
import { isSame } from './question-secret.js'

export const ADDRESS = '127.0.0.1'
const COOKIE = 'ssh-question'

/** The host that a request for this server names. */
export const hostOf = (request: IncomingMessage): string => `${ADDRESS}:${request.socket.localPort}`

/** Whether a window is to show the answer, wherever its link was: in a program, a message or another site. */
export const isNavigation = ({ headers }: IncomingMessage): boolean =>
  isOneOf(headers['sec-fetch-dest'], 'document') && isOneOf(headers['sec-fetch-mode'], 'navigate')

export const isPrefetch = ({ headers }: IncomingMessage): boolean =>
  ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => headers[name] !== undefined)

export const isOwnPost = (request: IncomingMessage): boolean =>
  isOneOf(request.headers.origin, `http://${hostOf(request)}`) &&
  isOneOf(request.headers['sec-fetch-site'], 'same-origin', 'none')

export const hasCookie = ({ headers }: IncomingMessage, value: string | null): boolean =>
  value !== null && (headers.cookie ?? '').split(';').some((one) => isSame(one.trim(), `${COOKIE}=${value}`))

/** Binds the page of a token to the browser it is sent to. */
export const cookieFor = (token: string, value: string): string =>
  `${COOKIE}=${value}; Path=/${token}; HttpOnly; SameSite=Strict`

/** Whether a header is missing (not every browser sends these) or holds one of the values. */
const isOneOf = (header: string | string[] | undefined, ...values: string[]): boolean =>
  header === undefined || values.includes(String(header))
