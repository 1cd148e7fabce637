import { describe, expect, it } from 'vitest'
import { greetingOf } from '../../../src/ssh/greeting.js'

const DEBUG = [
  'OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026',
  'debug1: Reading configuration data /etc/ssh/ssh_config',
  'debug1: Connecting to 10.0.0.5 [10.0.0.5] port 22.',
  'debug1: Connection established.',
  'debug1: Local version string SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10',
  'debug1: Remote protocol version 2.0, remote software version OpenSSH_8.9p1 Ubuntu-3ubuntu0.6',
  'debug1: compat_banner: match: OpenSSH_8.9p1 Ubuntu-3ubuntu0.6 pat OpenSSH* compat 0x04000000',
  "debug1: Authenticating to 10.0.0.5:22 as 'me'",
  'debug1: Authentications that can continue: publickey,password',
  'debug1: Next authentication method: publickey',
]

describe('greetingOf', () => {
  it.each<[string, string[], string | null, string | null]>([
    [
      'a key',
      [...DEBUG, 'Authenticated to 10.0.0.5 ([10.0.0.5]:22) using "publickey".'],
      'OpenSSH_8.9p1 Ubuntu-3ubuntu0.6',
      'publickey',
    ],
    [
      'a dialogue',
      [...DEBUG, 'Authenticated to h ([::1]:22) using "keyboard-interactive".'],
      'OpenSSH_8.9p1 Ubuntu-3ubuntu0.6',
      'keyboard-interactive',
    ],
    [
      'a hop',
      [...DEBUG, 'Authenticated to h (via proxy) using "gssapi-with-mic".'],
      'OpenSSH_8.9p1 Ubuntu-3ubuntu0.6',
      'gssapi-with-mic',
    ],
    [
      'another server',
      ['debug1: Remote protocol version 2.0, remote software version Cisco-1.25'],
      'Cisco-1.25',
      null,
    ],
    [
      'a server with a blank at its end',
      ['debug1: Remote protocol version 2.0, remote software version ROSSSH '],
      'ROSSSH',
      null,
    ],
    [
      'a server without a name',
      ['debug1: Remote protocol version 2.0, remote software version ', 'x'],
      null,
      null,
    ],
    ['no more than the method', ['Authenticated to h ([::1]:22) using "password".'], null, 'password'],
    ['several partial successes', ['Authenticated using "publickey" with partial success.'], null, null],
    ['nothing', [], null, null],
  ])('reads what ssh says with %s', (_, lines, software, method) => {
    for (const end of ['\n', '\r\n']) expect(greetingOf(lines.join(end))).toEqual({ software, method })
  })
})
