import {
  agentRefused,
  authFailed,
  keyLocked,
  keyPermissions,
  keyUnusable,
  tooMany,
} from './login-sentences.js'
import type { Failure } from './ssh-words.js'

/** How an attempt goes on that ended in a refusal; after a wrong password the password is what matters. */
const REFUSED = '(?![\\s\\S]*please try again)[\\s\\S]*Permission denied \\('

/** ssh's words where the server was reached and there was no login; the first that is found counts. */
export const LOGIN_FAILURES: readonly Failure[] = [
  {
    reason: 'too-many-authentications',
    words: /Too many authentication failures/,
    exit: 'auth-failed',
    say: tooMany,
  },
  {
    reason: 'key-permissions',
    words: new RegExp(`(?:UNPROTECTED PRIVATE KEY FILE|: bad permissions)${REFUSED}`),
    say: keyPermissions,
  },
  {
    reason: 'key-unusable',
    words: new RegExp(
      `(?:^Load key ".+": |^no such identity: |Identity file .+ not accessible)${REFUSED}`,
      'm',
    ),
    say: keyUnusable,
  },
  {
    reason: 'key-passphrase',
    // With a second factor the key did its part.
    words: new RegExp(
      `(?:Enter passphrase for key |Server accepts key: )(?![\\s\\S]*(?:partial success|signing failed))${REFUSED}`,
    ),
    say: keyLocked,
  },
  {
    reason: 'agent-refused',
    words: new RegExp(`signing failed for .* from agent${REFUSED}`),
    say: agentRefused,
  },
  {
    reason: 'auth-failed',
    words: /Permission denied \(|Too many authentication failures|No more authentication methods/,
    exit: 'auth-failed',
    say: authFailed,
  },
]
