import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectionFailure, offendingKey } from '../../../src/ssh/failure.js'

const failure = (output: string, known: string | null = null) =>
  connectionFailure(output, { target: 'prod' }, known)

const ADDED = "Warning: Permanently added '[127.0.0.1]:2222' (ED25519) to the list of known hosts."
const NO_TTY = 'Pseudo-terminal will not be allocated because stdin is not a terminal.'
const NEW = 'SHA256:3MyoIDvj9qK0XK/9Og87mi8Q0Y3Lf3jeuk6HIYxM8MI'
const OLD = 'SHA256:+MMQpflWCbq57GSgnh7aG6Y0vi87j7xed0fa4rb+3k0'
const RULE = '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@'
const VIA_UNKNOWN = [
  'kex_exchange_identification: Connection closed by remote host',
  'Connection closed by UNKNOWN port 65535',
]
const DENIED = 'u@127.0.0.1: Permission denied (publickey).'

const QUESTION = [
  "The authenticity of host '[127.0.0.1]:2222 ([127.0.0.1]:2222)' can't be established.",
  `ED25519 key fingerprint is ${NEW}.`,
  'This key is not known by any other names.',
  'Are you sure you want to continue connecting (yes/no/[fingerprint])? no',
  'Host key verification failed.',
]
const STRICT = [
  'No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.',
  'Host key verification failed.',
]
const CHANGED = [
  RULE,
  '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
  RULE,
  'IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!',
  'Someone could be eavesdropping on you right now (man-in-the-middle attack)!',
  'It is also possible that a host key has just been changed.',
  'The fingerprint for the ED25519 key sent by the remote host is',
  `${NEW}.`,
  'Please contact your system administrator.',
  'Add correct host key in /home/u/.ssh/known_hosts to get rid of this message.',
  'Offending ECDSA key in /home/u/.ssh/known_hosts:3',
  '  remove with:',
  '  ssh-keygen -f "/home/u/.ssh/known_hosts" -R "[127.0.0.1]:2222"',
]
const CHANGED_STRICT = [
  ...CHANGED,
  'Host key for [127.0.0.1]:2222 has changed and you have requested strict checking.',
  'Host key verification failed.',
]
/** As ssh prints it with the checks switched off: it goes on, with keys only. */
const CHANGED_LOOSE = [
  ...CHANGED,
  'Password authentication is disabled to avoid man-in-the-middle attacks.',
  'Keyboard-interactive authentication is disabled to avoid man-in-the-middle attacks.',
  DENIED,
]
const REVOKED = [
  RULE,
  '@       WARNING: REVOKED HOST KEY DETECTED!               @',
  RULE,
  'The ED25519 host key for [127.0.0.1]:2222 is marked as revoked.',
  'This could mean that a stolen key is being used to',
  'impersonate this host.',
  'ED25519 host key for [127.0.0.1]:2222 was revoked and you have requested strict checking.',
  'Host key verification failed.',
]
const IP_DIFFERS = [
  "Warning: the ED25519 host key for 'example.com' differs from the key for the IP address '192.0.2.1'",
  'Offending key for IP in /home/u/.ssh/known_hosts:5',
  'Matching host key in /home/u/.ssh/known_hosts:8',
  'Exiting, you have requested strict checking.',
  'Host key verification failed.',
]
const OPEN_KEY = [
  RULE,
  '@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @',
  RULE,
  "Permissions 0644 for '/home/u/my key' are too open.",
  'It is required that your private key files are NOT accessible by others.',
  'This private key will be ignored.',
  'Load key "/home/u/my key": bad permissions',
  DENIED,
]
const WRONG_PASSWORD = [
  "u@127.0.0.1's password: ",
  'Permission denied, please try again.',
  "u@127.0.0.1's password: ",
]
const OFFER = 'diffie-hellman-group14-sha1,kex-strict-s-v00@openssh.com'

/** What OpenSSH printed, line by line, with the reason and what the message has to hold. */
const PRINTED: [string, string[], string, string[]][] = [
  [
    'an unknown name',
    ['ssh: Could not resolve hostname nosuch.example.com: Name or service not known'],
    'name-not-resolved',
    ['The host name nosuch.example.com could not be resolved', 'Check its spelling'],
  ],
  [
    'no server',
    [NO_TTY, 'ssh: connect to host 127.0.0.1 port 2222: Connection refused'],
    'connection-refused',
    ['127.0.0.1 port 2222 refused the connection', 'Check the port'],
  ],
  [
    'no answer to the connection',
    ['ssh: connect to host 127.0.0.1 port 2222: Connection timed out'],
    'timed-out',
    ['127.0.0.1 port 2222 did not answer in time', 'Check the address'],
  ],
  [
    'no answer, as macOS has it',
    ['ssh: connect to host 127.0.0.1 port 2222: Operation timed out'],
    'timed-out',
    ['127.0.0.1 port 2222 did not answer in time'],
  ],
  [
    'a silent server',
    ['Connection timed out during banner exchange', 'Connection to 127.0.0.1 port 2222 timed out'],
    'timed-out',
    ['127.0.0.1 port 2222 took the connection but did not answer'],
  ],
  [
    'no network',
    ['ssh: connect to host 255.255.255.255 port 22: Network is unreachable'],
    'no-route',
    ['no way from here to 255.255.255.255 port 22', 'VPN'],
  ],
  [
    'no route',
    ['ssh: connect to host 2001:db8::1 port 22: No route to host'],
    'no-route',
    ['no way from here to 2001:db8::1 port 22'],
  ],
  ['an unknown key', STRICT, 'host-key-unknown', ['[127.0.0.1]:2222 is not known here.', '"accept-new"']],
  [
    'an unknown key, with debug lines',
    [
      'OpenSSH_9.2p1, OpenSSL 3.0.19 27 Jan 2026',
      'debug1: Connecting to 127.0.0.1 [127.0.0.1] port 2222.',
      `debug1: Server host key: ssh-ed25519 ${NEW}`,
      'debug1: checking without port identifier',
      ...STRICT,
    ],
    'host-key-unknown',
    ['[127.0.0.1]:2222 is not known here', `its ssh-ed25519 fingerprint is ${NEW}.`],
  ],
  [
    'a question that was refused',
    QUESTION,
    'host-key-unknown',
    [
      'The host key of [127.0.0.1]:2222 is not known here',
      `its ED25519 fingerprint is ${NEW}.`,
      'answer the question there',
    ],
  ],
  [
    'a question that could not be asked',
    [NO_TTY, 'Host key verification failed.'],
    'host-key-unknown',
    ['The host key of prod is not known here.'],
  ],
  [
    'a changed key',
    CHANGED_STRICT,
    'host-key-changed',
    [
      `The host key of [127.0.0.1]:2222 has CHANGED: it shows ED25519 ${NEW}, but on record`,
      '(/home/u/.ssh/known_hosts line 3) is another;',
      'never overridden here',
      'a person must check the new fingerprint with the administrator',
      "run: ssh-keygen -f /home/u/.ssh/known_hosts -R '[127.0.0.1]:2222'",
    ],
  ],
  [
    'a changed key, without checks',
    CHANGED_LOOSE,
    'host-key-changed',
    ['The host key of [127.0.0.1]:2222 has CHANGED', NEW],
  ],
  [
    'a changed key of a jump host',
    [...CHANGED_STRICT, ...VIA_UNKNOWN],
    'host-key-changed',
    ['The host key of [127.0.0.1]:2222 has CHANGED'],
  ],
  [
    'a key that is another address’s',
    IP_DIFFERS,
    'host-key-changed',
    ['The host key of example.com has CHANGED', '/home/u/.ssh/known_hosts line 5'],
  ],
  [
    'a revoked key',
    REVOKED,
    'host-key-revoked',
    ['that [127.0.0.1]:2222 shows was revoked', 'never overridden'],
  ],
  [
    'a key in a list of revoked ones',
    [`Host key ED25519 ${NEW} revoked by file /home/u/revoked`, 'Host key verification failed.'],
    'host-key-revoked',
    ['that prod shows was revoked'],
  ],
  [
    'no key that was accepted',
    [ADDED, DENIED],
    'auth-failed',
    ['u@127.0.0.1 could not log in: the server takes publickey.', 'identity_file or in ssh-agent.'],
  ],
  [
    'no password',
    [ADDED, 'u@127.0.0.1: Permission denied (password).'],
    'auth-failed',
    ['the server takes password. Give a password by SSH_DEFAULT_PASSWORD'],
  ],
  [
    'neither',
    ['u@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).'],
    'auth-failed',
    ['publickey,password,keyboard-interactive', 'identity_file', 'or a password by SSH_DEFAULT_PASSWORD'],
  ],
  [
    'another method',
    ['u@127.0.0.1: Permission denied (gssapi-with-mic).'],
    'auth-failed',
    ['the server takes gssapi-with-mic. Ask its administrator'],
  ],
  [
    'a wrong password',
    [...WRONG_PASSWORD, 'u@127.0.0.1: Permission denied (publickey,password).'],
    'auth-failed',
    ['the password was not right (the server takes publickey,password)'],
  ],
  [
    'a wrong password after a key that could not be used',
    [
      'no such identity: /home/u/nokey: No such file or directory',
      ...WRONG_PASSWORD,
      'u@127.0.0.1: Permission denied (publickey,password).',
    ],
    'auth-failed',
    ['the password was not right'],
  ],
  [
    'too many keys',
    [
      ADDED,
      'Received disconnect from 127.0.0.1 port 2222:2: Too many authentication failures',
      'Disconnected from 127.0.0.1 port 2222',
    ],
    'too-many-authentications',
    ['127.0.0.1 port 2222 ended the attempt', 'identity_file'],
  ],
  [
    'too many keys, through a jump host',
    [
      'Received disconnect from UNKNOWN port 65535:2: Too many authentication failures',
      'Disconnected from UNKNOWN port 65535',
    ],
    'too-many-authentications',
    ['prod ended the attempt'],
  ],
  [
    'too many passwords',
    [...WRONG_PASSWORD, 'Received disconnect from 127.0.0.1 port 2222:2: Too many authentication failures'],
    'too-many-authentications',
    ['after wrong passwords'],
  ],
  [
    'a key that others can read',
    [ADDED, ...OPEN_KEY],
    'key-permissions',
    ['did not use the key /home/u/my key', "Run: chmod 600 '/home/u/my key'"],
  ],
  [
    'a key of another format',
    [ADDED, 'Load key "/home/u/key": error in libcrypto', DENIED],
    'key-unusable',
    ['"Load key "/home/u/key": error in libcrypto"', 'identity_file'],
  ],
  [
    'a key of another format, as older versions have it',
    ['Load key "/home/u/key": invalid format', DENIED],
    'key-unusable',
    ['invalid format'],
  ],
  [
    'a key that is not there',
    ['Warning: Identity file /home/u/nokey not accessible: No such file or directory.', ADDED, DENIED],
    'key-unusable',
    ['/home/u/nokey not accessible'],
  ],
  [
    'a key that is not there, by option',
    [ADDED, 'no such identity: /home/u/nokey: No such file or directory', DENIED],
    'key-unusable',
    ['no such identity: /home/u/nokey'],
  ],
  [
    'a key that is not there, and no server',
    [
      'Warning: Identity file /home/u/nokey not accessible: No such file or directory.',
      'ssh: connect to host 127.0.0.1 port 2222: Connection refused',
    ],
    'connection-refused',
    ['127.0.0.1 port 2222'],
  ],
  [
    'a wrong passphrase',
    [ADDED, "Enter passphrase for key '/home/u/key': ", "Enter passphrase for key '/home/u/key': ", DENIED],
    'key-passphrase',
    ['The key /home/u/key is locked', 'ssh-add /home/u/key'],
  ],
  [
    'no passphrase, which only debug lines show',
    [
      `debug1: Offering public key: /home/u/key ED25519 ${OLD} explicit`,
      `debug1: Server accepts key: /home/u/key ED25519 ${OLD} explicit`,
      'debug1: No more authentication methods to try.',
      DENIED,
    ],
    'key-passphrase',
    ['The key /home/u/key is locked'],
  ],
  [
    'a second factor after the key',
    [
      `debug1: Server accepts key: /home/u/key ED25519 ${OLD} explicit`,
      'Authenticated using "publickey" with partial success.',
      'u@127.0.0.1: Permission denied (password).',
    ],
    'auth-failed',
    ['the server takes password'],
  ],
  [
    'an agent that refuses',
    [
      ADDED,
      'sign_and_send_pubkey: signing failed for ED25519 "/home/u/id" from agent: agent refused operation',
      DENIED,
    ],
    'agent-refused',
    ['agent refused operation', 'unlock the agent'],
  ],
  [
    'no key exchange in common',
    [
      `Unable to negotiate with 127.0.0.1 port 2222: no matching key exchange method found. Their offer: ${OFFER}`,
    ],
    'kex-mismatch',
    [
      'This ssh and 127.0.0.1 port 2222 have no key exchange method in common',
      'the server offers diffie-hellman-group14-sha1.',
      '~/.ssh/config: KexAlgorithms +diffie-hellman-group14-sha1',
    ],
  ],
  [
    'no host key type in common',
    ['Unable to negotiate with 127.0.0.1 port 2222: no matching host key type found. Their offer: ssh-rsa'],
    'kex-mismatch',
    ['HostKeyAlgorithms +ssh-rsa'],
  ],
  [
    'no cipher in common, through a jump host',
    ['Unable to negotiate with UNKNOWN port 65535: no matching cipher found. Their offer: aes128-cbc'],
    'kex-mismatch',
    ['This ssh and prod have no cipher', 'Ciphers +aes128-cbc'],
  ],
  [
    'no MAC in common',
    ['Unable to negotiate with 127.0.0.1 port 2222: no matching MAC found. Their offer: hmac-md5'],
    'kex-mismatch',
    ['MACs +hmac-md5'],
  ],
  [
    'another protocol',
    [
      'kex_exchange_identification: banner line contains invalid characters',
      'banner exchange: Connection to 127.0.0.1 port 2222: invalid format',
    ],
    'not-ssh',
    ['127.0.0.1 port 2222 does not speak SSH'],
  ],
  [
    'an old protocol',
    [
      'Protocol major versions differ: 2 vs. 1',
      'banner exchange: Connection to 127.0.0.1 port 2222: could not read protocol version',
    ],
    'not-ssh',
    ['Check the port'],
  ],
  [
    'a reset before the banner',
    [
      'kex_exchange_identification: read: Connection reset by peer',
      'Connection reset by 127.0.0.1 port 2222',
    ],
    'connection-lost',
    ['127.0.0.1 port 2222 took the connection and closed it before a login'],
  ],
  [
    'an end before the banner',
    [
      'kex_exchange_identification: Connection closed by remote host',
      'Connection closed by 127.0.0.1 port 2222',
    ],
    'connection-lost',
    ['127.0.0.1 port 2222 took the connection'],
  ],
  [
    'an end during the key exchange',
    [ADDED, 'Connection closed by 127.0.0.1 port 2222'],
    'connection-lost',
    ['closed it before a login'],
  ],
  [
    'a connection that broke',
    ['client_loop: send disconnect: Broken pipe'],
    'connection-lost',
    ['The connection to prod was lost: "client_loop: send disconnect: Broken pipe"'],
  ],
  [
    'a jump host without a server',
    ['ssh: connect to host 127.0.0.1 port 2222: Connection refused', ...VIA_UNKNOWN],
    'jump-host-failed',
    [
      'on the way to prod failed: "ssh: connect to host 127.0.0.1 port 2222: Connection refused"',
      'Connect to the jump host by itself first',
    ],
  ],
  [
    'a jump host that lets nobody in',
    [ADDED, 'u@127.0.0.1: Permission denied (publickey).', ...VIA_UNKNOWN],
    'jump-host-failed',
    ['"u@127.0.0.1: Permission denied (publickey)."'],
  ],
  [
    'an unknown key of a jump host',
    [...STRICT, ...VIA_UNKNOWN],
    'jump-host-failed',
    ['"No ED25519 host key is known for [127.0.0.1]:2222 and'],
  ],
  [
    'an unknown key behind a jump host whose key was taken',
    [
      ...QUESTION.slice(0, 3),
      'Are you sure (yes/no)? yes',
      ADDED,
      STRICT[0]?.replace('2222', '2223') as string,
    ],
    'host-key-unknown',
    ['The host key of [127.0.0.1]:2223 is not known here.'],
  ],
  [
    'a jump host that does not forward',
    [
      ADDED,
      'channel 0: open failed: administratively prohibited: open failed',
      'stdio forwarding failed',
      ...VIA_UNKNOWN,
    ],
    'jump-host-failed',
    [
      'The jump host could not connect on to prod',
      '"channel 0: open failed: administratively prohibited: open failed"',
      'that it permits forwarding',
    ],
  ],
  [
    'no server behind the jump host',
    [
      'channel 0: open failed: connect failed: Name or service not known',
      'stdio forwarding failed',
      ...VIA_UNKNOWN,
    ],
    'jump-host-failed',
    ['"channel 0: open failed: connect failed: Name or service not known"'],
  ],
  [
    'a silent jump host',
    ['Connection timed out during banner exchange', 'Connection to UNKNOWN port 65535 timed out'],
    'jump-host-failed',
    ['"Connection timed out during banner exchange"'],
  ],
  [
    'a proxy command that is not there',
    ['/bin/sh: 1: exec: nosuchprogram: not found', ...VIA_UNKNOWN],
    'jump-host-failed',
    ['jump host or proxy command', '"/bin/sh: 1: exec: nosuchprogram: not found"'],
  ],
  ['a proxy command that says nothing', VIA_UNKNOWN, 'jump-host-failed', ['which said nothing']],
  [
    'an unknown option',
    [
      '/home/u/.ssh/config: line 2: Bad configuration option: foo',
      '/home/u/.ssh/config: terminating, 1 bad configuration options',
    ],
    'bad-configuration',
    ['"/home/u/.ssh/config: line 2: Bad configuration option: foo"', 'Let a person correct'],
  ],
  [
    'a bad value',
    [
      "/home/u/.ssh/config line 2: Bad port 'abc'.",
      '/home/u/.ssh/config: terminating, 1 bad configuration options',
    ],
    'bad-configuration',
    ["line 2: Bad port 'abc'."],
  ],
  [
    'no configuration',
    ["Can't open user config file /home/u/config: No such file or directory"],
    'bad-configuration',
    ['/home/u/config'],
  ],
  [
    'a configuration that others can write',
    ['Bad owner or permissions on /home/u/.ssh/config'],
    'bad-configuration',
    ['chmod 600 /home/u/.ssh/config'],
  ],
  [
    'something else',
    [
      ADDED,
      'bind 192.0.2.9: Cannot assign requested address',
      'ssh: connect to host 127.0.0.1 port 22: failure',
    ],
    'ssh-error',
    ['could not connect to prod; it said: "ssh: connect to host 127.0.0.1 port 22: failure"', 'ssh -v prod'],
  ],
  ['nothing but noise', [NO_TTY, ADDED], 'ssh-error', ['it said: nothing']],
  ['nothing', [], 'ssh-error', ['it said: nothing']],
]

describe('connectionFailure', () => {
  it.each(PRINTED)('%s', (_, lines, reason, parts) => {
    // ssh ends its lines with a carriage return, to which a terminal adds one.
    for (const end of ['\n', '\r\n', '\r\r\n']) {
      const said = failure(lines.map((line) => line + end).join(''))
      expect(said.reason).toBe(reason)
      for (const part of parts) expect(said.message).toContain(part)
    }
  })

  it.each(PRINTED)('%s, in colours and among debug lines', (_, lines, reason, parts) => {
    const output = lines
      .map((line) => `debug1: something\r\n\x1b[1;31m${line}\x1b[0m\r\ndebug3: more\r\n`)
      .join('')
    const said = failure(output)
    expect(said.reason).toBe(reason)
    for (const part of parts) expect(said.message).toContain(part)
  })

  it('puts the fingerprint on record beside that of a changed key', () => {
    const { message } = failure(CHANGED_STRICT.join('\r\n'), OLD)
    expect(message).toContain(
      `it shows ED25519 ${NEW}, but on record (/home/u/.ssh/known_hosts line 3) is ${OLD};`,
    )
  })

  it('quotes no control characters and no more than 200 characters', () => {
    const { message } = failure(`\x1b]0;title\x07a\x00\x08\u202eb\t${'c'.repeat(5000)}\r\n`)
    expect(message).toMatch(/it said: "ab c{196}…"/)
  })

  it('looks into no table by a name that a server made up', () => {
    const { message } = failure('x: no matching constructor found. Their offer: a\n')
    expect(message).toContain('the option for it +a')
  })

  it('is one short line of printable characters, whatever ssh printed', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...PRINTED.flatMap(([, lines]) => lines)),
      fc.constantFrom('\x1b[2J', '\u202e', '\x07', '\n', '\r', 'x'.repeat(3000)),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(failure(pieces.join('\n')).message).toMatch(/^\P{C}{1,1600}$/u)
      }),
    )
  })

  it.each(['No ', 'bad permissions', 'Server accepts key: ', 'Load key "', 'no matching ', ' port 1'])(
    'takes no time for much of %j',
    (words) => {
      const before = performance.now()
      failure(words.repeat(200_000))
      failure(`${words}\n`.repeat(100_000))
      expect(performance.now() - before).toBeLessThan(1000)
    },
  )
})

describe('offendingKey', () => {
  it.each([
    ['a changed key', CHANGED_STRICT, { path: '/home/u/.ssh/known_hosts', line: 3 }],
    ['a key of an address', IP_DIFFERS, { path: '/home/u/.ssh/known_hosts', line: 5 }],
    [
      'a path with blanks and colons',
      ['Offending RSA key in /home/u/a b:1:22'],
      { path: '/home/u/a b:1', line: 22 },
    ],
    ['an unknown key', STRICT, null],
    ['nothing', [], null],
  ])('%s', (_, lines, expected) => {
    expect(offendingKey(lines.join('\r\n'))).toEqual(expected)
  })
})
