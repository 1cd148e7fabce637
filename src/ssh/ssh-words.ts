import { keyChanged, keyRevoked, keyUnknown } from './host-key-sentences.js'
import { LOGIN_FAILURES } from './login-words.js'
import type { Said } from './ssh-output.js'
import {
  badConfiguration,
  connectionLost,
  jumpBlocked,
  jumpFailed,
  kexMismatch,
  nameUnknown,
  noRoute,
  notSsh,
  refused,
  silent,
  silentAsServer,
} from './way-sentences.js'

/** A way in which ssh fails. */
export interface Failure {
  reason: string
  /** What ssh prints. */
  words: RegExp
  /** The name of a session's end that these words give; none where a session's end has no name for it. */
  exit?: string
  /** What is wrong and the one thing to do next. */
  say(said: Said): string
}

/** ssh's words when there is no connection, and what they mean; the first that is found counts. */
export const FAILURES: readonly Failure[] = [
  {
    reason: 'host-key-changed',
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    exit: 'host-key-changed',
    say: keyChanged,
  },
  {
    reason: 'host-key-changed',
    words: /differs from the key for the IP address[\s\S]*Host key verification failed/,
    say: keyChanged,
  },
  {
    reason: 'host-key-revoked',
    words: /REVOKED HOST KEY DETECTED|marked as revoked|revoked by file/,
    say: keyRevoked,
  },
  {
    reason: 'jump-host-failed',
    words: /^stdio forwarding failed|administratively prohibited/m,
    say: jumpBlocked,
  },
  {
    reason: 'jump-host-failed',
    words: /^Connection (?:closed by|reset by|to) UNKNOWN port 65535(?: timed out)?$/m,
    say: jumpFailed,
  },
  {
    reason: 'host-key-unknown',
    words: /Host key verification failed|No .* host key is known for/,
    exit: 'host-key-unknown',
    say: keyUnknown,
  },
  {
    reason: 'name-not-resolved',
    words: /Could not resolve hostname|Name or service not known/,
    exit: 'name-not-resolved',
    say: nameUnknown,
  },
  {
    reason: 'connection-refused',
    words: /connect to (?:host|address) .*: Connection refused/,
    exit: 'connection-refused',
    say: refused,
  },
  {
    reason: 'timed-out',
    words: /timed out during banner exchange/,
    say: silentAsServer,
  },
  {
    reason: 'timed-out',
    words: /connect to (?:host|address) .*: (?:Connection|Operation) timed out/,
    say: silent,
  },
  {
    reason: 'no-route',
    words:
      /connect to (?:host|address) .*: (?:No route to host|Network is (?:unreachable|down)|Host is down)/,
    say: noRoute,
  },
  {
    reason: 'bad-configuration',
    words:
      /Bad configuration option|Bad owner or permissions on|^(?:\/.+|command-line):? line \d+: |Can't open user config file/m,
    say: badConfiguration,
  },
  ...LOGIN_FAILURES,
  {
    reason: 'kex-mismatch',
    words: /no matching .+ found\. Their offer: /,
    say: kexMismatch,
  },
  {
    reason: 'not-ssh',
    words:
      /banner line contains invalid|^banner exchange: Connection to .*: |Protocol major versions differ/m,
    say: notSsh,
  },
  {
    reason: 'connection-lost',
    words:
      /closed by remote host|Connection reset by|Broken pipe|not responding|client_loop: send disconnect|Connection to .* (?:aborted|timed out)/,
    exit: 'connection-lost',
    say: connectionLost,
  },
  {
    reason: 'connection-lost',
    words: /^Connection closed by \S+ port \d+|kex_exchange_identification/m,
    say: connectionLost,
  },
]

/** Names a session's end by ssh's words in its last lines; null if it is none of those with a name. */
export const exitInWords = (text: string): string | null =>
  FAILURES.find(({ words, exit }) => exit !== undefined && words.test(text))?.exit ?? null
