import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { parseExtraArgs } from '../../../src/ssh/extra-options.js'
import { optionRule, type SshOption } from '../../../src/ssh/option-table.js'
import { atLeast, parseSshVersion } from '../../../src/ssh/version.js'

/** The error with which a list is refused; null if it is not. */
function refusal(args: readonly string[]): ToolError | null {
  try {
    parseExtraArgs(args)
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError)
    return error as ToolError
  }
}

function expectRefused(args: readonly string[], names?: string): void {
  const error = refusal(args)
  expect(error?.type, JSON.stringify(args)).toBe('policy_denied')
  expect(error?.message).toMatch(/^[ -~…]{20,500}$/)
  if (names !== undefined) expect(error?.message).toContain(names)
}

/** What the real ssh says of options, where it is recent enough to know them all. */
const realSsh = (args: readonly string[]) => spawnSync('ssh', ['-G', '-F', 'none', ...args, '--', 'host'])
const RECENT = atLeast(parseSshVersion(String(spawnSync('ssh', ['-V']).stderr)), 9, 2)

/** Every keyword that is allowed, with values that are. */
const ALLOWED: readonly (readonly [string, ...string[]])[] = [
  ['AddressFamily', 'any', 'inet', 'inet6'],
  ['BatchMode', 'yes', 'no'],
  ['BindAddress', '192.0.2.1', '::1', '2001:db8::1', '::ffff:192.0.2.1'],
  ['BindInterface', 'eth0', 'wlan0.100', 'br-lan'],
  ['CASignatureAlgorithms', 'ssh-ed25519,rsa-sha2-512', '-rsa-*'],
  ['CheckHostIP', 'yes', 'no'],
  ['Ciphers', 'aes256-ctr', 'aes128-gcm@openssh.com,aes256-ctr', '+aes128-cbc', '-aes*', '^aes256-ctr'],
  ['ClearAllForwardings', 'yes'],
  ['Compression', 'yes', 'no'],
  ['ConnectTimeout', '10', '1m30s', 'none', '0'],
  ['ConnectionAttempts', '3'],
  ['ControlMaster', 'no'],
  ['ControlPath', 'none'],
  ['ControlPersist', 'no'],
  ['EscapeChar', 'none'],
  ['ExitOnForwardFailure', 'yes', 'no'],
  ['FingerprintHash', 'md5', 'sha256'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['ForwardX11Trusted', 'no'],
  ['GSSAPIAuthentication', 'yes', 'no'],
  ['GSSAPIDelegateCredentials', 'no'],
  ['GatewayPorts', 'no'],
  ['HashKnownHosts', 'yes', 'no'],
  ['HostKeyAlgorithms', '+ssh-rsa', 'ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com'],
  ['IPQoS', 'lowdelay throughput', 'none', 'af21 cs1', '16', '0x10', 'ef'],
  ['IdentitiesOnly', 'yes', 'no'],
  ['KbdInteractiveAuthentication', 'yes', 'no'],
  ['KexAlgorithms', '+diffie-hellman-group14-sha1', 'curve25519-sha256@libssh.org'],
  ['LogLevel', 'QUIET', 'ERROR', 'VERBOSE', 'DEBUG', 'DEBUG1', 'DEBUG2', 'DEBUG3'],
  ['MACs', 'hmac-sha2-256-etm@openssh.com,hmac-sha2-512'],
  ['NumberOfPasswordPrompts', '1', '0'],
  ['PasswordAuthentication', 'yes', 'no'],
  ['PermitLocalCommand', 'no'],
  ['Port', '1', '22', '2222', '65535'],
  ['PreferredAuthentications', 'publickey', 'publickey,keyboard-interactive,password'],
  ['ProxyCommand', 'none'],
  ['ProxyJump', 'none', 'hop', 'me@hop:2222', 'a,b@c,d:22', '[::1]', 'me@[2001:db8::1]:22'],
  ['PubkeyAcceptedAlgorithms', '+ssh-rsa', 'ssh-ed25519'],
  ['PubkeyAuthentication', 'yes', 'no', 'unbound', 'host-bound'],
  ['RekeyLimit', 'default', '1G', '1G 1h', 'default 30m', '512M none'],
  ['RequiredRSASize', '2048', '16384'],
  ['ServerAliveCountMax', '3', '0'],
  ['ServerAliveInterval', '15', '1m', '0'],
  ['StrictHostKeyChecking', 'yes', 'ask', 'accept-new'],
  ['TCPKeepAlive', 'yes', 'no'],
  ['Tunnel', 'no'],
  ['UpdateHostKeys', 'no', 'ask'],
  ['User', 'root', 'a.b+c=d', 'me@bastion', 'a:b/c'],
  ['VerifyHostKeyDNS', 'no'],
  ['VisualHostKey', 'no'],
]
const PAIRS: SshOption[] = ALLOWED.flatMap(([key, ...values]) =>
  values.map((value): SshOption => [key, value]),
)

describe('allowed options', () => {
  it.each(PAIRS)('%s=%s', (key, value) => {
    for (const spelling of [key, key.toLowerCase(), key.toUpperCase()])
      expect(parseExtraArgs(['-o', `${spelling}=${value}`])).toEqual([[key, value]])
  })

  it.skipIf(!RECENT)('are all known to the real ssh, which takes these values', () => {
    const longest = Math.max(...ALLOWED.map((row) => row.length))
    for (let at = 1; at < longest; at++) {
      const lines = ALLOWED.filter((row) => row[at]).map((row) => `-o${row[0]}=${row[at]}`)
      const { status, stderr } = realSsh(lines)
      expect([status, String(stderr)]).toEqual([0, expect.not.stringContaining('onfiguration option')])
    }
  })

  it.each<[string[], SshOption[]]>([
    [['-4'], [['AddressFamily', 'inet']]],
    [['-6'], [['AddressFamily', 'inet6']]],
    [['-C'], [['Compression', 'yes']]],
    [['-q'], [['LogLevel', 'QUIET']]],
    [['-v'], [['LogLevel', 'DEBUG']]],
    [['-vv'], [['LogLevel', 'DEBUG2']]],
    [['-vvv'], [['LogLevel', 'DEBUG3']]],
    [['-x'], [['ForwardX11', 'no']]],
    [['-a'], [['ForwardAgent', 'no']]],
    [['-k'], [['GSSAPIDelegateCredentials', 'no']]],
    [
      ['-4Cq'],
      [
        ['AddressFamily', 'inet'],
        ['Compression', 'yes'],
        ['LogLevel', 'QUIET'],
      ],
    ],
    [
      ['-xak'],
      [
        ['ForwardX11', 'no'],
        ['ForwardAgent', 'no'],
        ['GSSAPIDelegateCredentials', 'no'],
      ],
    ],
    [['-p', '22'], [['Port', '22']]],
    [['-p22'], [['Port', '22']]],
    [['-p 22'], [['Port', '22']]],
    [['-l', 'root'], [['User', 'root']]],
    [['-lroot'], [['User', 'root']]],
    [['-J', 'host'], [['ProxyJump', 'host']]],
    [['-Jhost'], [['ProxyJump', 'host']]],
    [['-J host'], [['ProxyJump', 'host']]],
    [['-c', 'aes256-ctr'], [['Ciphers', 'aes256-ctr']]],
    [['-c', '-aes*'], [['Ciphers', '-aes*']]],
    [['-m', 'hmac-sha2-512'], [['MACs', 'hmac-sha2-512']]],
    [['-b', '::1'], [['BindAddress', '::1']]],
    [['-B', 'eth0'], [['BindInterface', 'eth0']]],
    [[], []],
  ])('flags: %j', (args, options) => {
    expect(parseExtraArgs(args)).toEqual(options)
  })

  it.each([
    [['-oPort=22']],
    [['-o', 'Port=22']],
    [['-o Port=22']],
    [['-oPort 22']],
    [['-o', 'Port 22']],
    [['-o', 'Port\t22']],
    [['-o', 'Port  \t 22 \t']],
    [['-o', 'Port = 22']],
    [['-o', '  Port=22']],
    [['-o', '\tPort 22']],
    [['-o', '"Port" 22']],
    [['-o', 'Port "22"']],
    [['-o', 'Port="22"']],
    [['-o', "Port='22'"]],
    [['-o', 'pOrT=22']],
  ])('%j is read as the real ssh reads it', (args) => {
    expect(parseExtraArgs(args)).toEqual([['Port', '22']])
    if (RECENT) expect(String(realSsh(args).stdout)).toContain('\nport 22\n')
  })

  it.each<[string, string, string]>([
    ['Compression=YES', 'Compression', 'yes'],
    ['BatchMode=true', 'BatchMode', 'yes'],
    ['ForwardAgent=False', 'ForwardAgent', 'no'],
    ['LogLevel=debug2', 'LogLevel', 'DEBUG2'],
    ['FingerprintHash=SHA256', 'FingerprintHash', 'sha256'],
    ['ProxyCommand=NONE', 'ProxyCommand', 'none'],
    ['ProxyJump=None', 'ProxyJump', 'none'],
    ['ProxyJump=ssh://me@host:22', 'ProxyJump', 'me@host:22'],
    ['ProxyJump=ssh://host/', 'ProxyJump', 'host'],
    ['ProxyJump=ssh://[::1]:22,b', 'ProxyJump', '[::1]:22,b'],
    ['IPQoS lowdelay \t throughput', 'IPQoS', 'lowdelay throughput'],
    ['RekeyLimit = "1G 1h"', 'RekeyLimit', '1G 1h'],
    ['PubkeyAcceptedKeyTypes=+ssh-rsa', 'PubkeyAcceptedAlgorithms', '+ssh-rsa'],
  ])('%s becomes one spelling', (line, key, value) => {
    expect(parseExtraArgs(['-o', line])).toEqual([[key, value]])
  })

  it('counts the first of an option that is repeated, in whatever form', () => {
    expect(parseExtraArgs(['-p', '1', '-oport=2', '-C', '-o', 'COMPRESSION no', '-p3'])).toEqual([
      ['Port', '1'],
      ['Compression', 'yes'],
    ])
  })
})

/** Forms in which ssh 9.2 takes an option, or a reader less strict than ssh might. */
const FORMS: ((key: string) => string[])[] = [
  (key) => ['-o', `${key}=V`],
  (key) => ['-o', `${key} V`],
  (key) => ['-o', `${key}\tV`],
  (key) => ['-o', `${key} = V`],
  (key) => ['-o', `${key}  V`],
  (key) => ['-o', `  ${key}=V`],
  (key) => ['-o', `\t${key} V`],
  (key) => ['-o', `"${key}" V`],
  (key) => ['-o', `"${key}"=V`],
  (key) => ['-o', `'${key}' V`],
  (key) => ['-o', `${key}\rV`],
  (key) => ['-o', `${key}\nV`],
  (key) => ['-o', `\n${key}=V`],
  (key) => ['-o', `Compression=yes\n${key}=V`],
  (key) => ['-o', `${key}==V`],
  (key) => ['-o', `=${key} V`],
  (key) => ['-o', `${key}="V"`],
  (key) => ['-o', `${key}\vV`],
  (key) => ['-o', `${key}\fV`],
  (key) => ['-o', `${key}\u00a0V`],
  (key) => ['-o', `${key.slice(0, -2)}=V`],
  (key) => ['-o', `${key}\\=V`],
  (key) => ['-o', `${key.toUpperCase()}=V`],
  (key) => ['-o', `${key.toLowerCase()}=V`],
  (key) => ['-o', key],
  (key) => ['-o', `${key}=`],
  (key) => [`-o${key}=V`],
  (key) => [`-o${key} V`],
  (key) => [`-o ${key}=V`],
  (key) => ['-vo', `${key}=V`],
  (key) => [`-Tvo${key}=V`],
  (key) => [`-4Co${key}=V`],
  (key) => ['--o', `${key}=V`],
  (key) => [`--option=${key}=V`],
  (key) => ['host', `-o${key}=V`],
  (key) => ['--', 'host', `-o${key}=V`],
  (key) => ['-p', '22', `-o${key}=V`],
  (key) => ['-C', '-C', '-o', `${key}=V`, '-C'],
]

/** What is never allowed with a value such as V. */
const DANGEROUS = (
  'ProxyCommand LocalCommand KnownHostsCommand PermitLocalCommand PKCS11Provider SmartcardDevice ' +
  'SecurityKeyProvider Include IdentityFile UserKnownHostsFile ForwardAgent LocalForward SendEnv ' +
  'RemoteCommand HostName'
).split(' ')

describe('refused options', () => {
  it.each(DANGEROUS)('%s in every form', (key) => {
    for (const form of FORMS) expectRefused(form(key))
  })

  it.each(
    (
      'ProxyCommand ProxyUseFdpass LocalCommand PermitLocalCommand KnownHostsCommand Match Include ' +
      'XAuthLocation EnableEscapeCommandline Hostname EnableSSHKeysign HostbasedAuthentication ' +
      'PKCS11Provider SmartcardDevice SecurityKeyProvider CertificateFile RevokedHostKeys ' +
      'GlobalKnownHostsFile GlobalKnownHostsFile2 UserKnownHostsFile UserKnownHostsFile2 IdentityFile ' +
      'IdentityFile2 IdentityAgent ControlPath StreamLocalBindMask StreamLocalBindUnlink LocalForward ' +
      'RemoteForward DynamicForward GatewayPorts PermitRemoteOpen Tunnel TunnelDevice ForwardAgent ' +
      'ForwardX11 ForwardX11Trusted ForwardX11Timeout AddKeysToAgent GSSAPIDelegateCredentials ' +
      'GSSAPIRenewalForcesRekey Host CanonicalDomains CanonicalizeFallbackLocal CanonicalizeHostname ' +
      'CanonicalizeMaxDots CanonicalizePermittedCNAMEs IgnoreUnknown SendEnv SetEnv ' +
      'NoHostAuthenticationForLocalhost HostKeyAlias VerifyHostKeyDNS GSSAPIKeyExchange ' +
      'GSSAPIKexAlgorithms GSSAPITrustDns GSSAPIServerIdentity GSSAPIClientIdentity ControlMaster ' +
      'ControlPersist ForkAfterAuthentication StdinNull SessionType RemoteCommand LogVerbose ' +
      'SyslogFacility KbdInteractiveDevices HostbasedAcceptedAlgorithms HostbasedKeyTypes Protocol ' +
      'Cipher UseRoaming RequestTTY EscapeChar KeepAlive UpdateHostKeys ChallengeResponseAuthentication ' +
      'ProtocolKeepAlives SetupTimeOut __proto__ constructor toString'
    ).split(' '),
  )('%s', (key) => {
    expectRefused(['-o', `${key}=yes`])
    expectRefused(['-o', `${key.toLowerCase()} /tmp/x`])
    expectRefused([`-o${key.toUpperCase()}=/bin/sh -c id`])
  })

  it.each<[string, string]>([
    ['ProxyCommand=id', '-J host (ProxyJump)'],
    ['IdentityFile=~/.ssh/k', 'identity_file'],
    ['UserKnownHostsFile=/dev/null', 'known_hosts_file'],
    ['StrictHostKeyChecking=no', 'strict_host_key_checking'],
    ['StrictHostKeyChecking=off', 'strict_host_key_checking'],
    ['StrictHostKeyChecking=FALSE', 'strict_host_key_checking'],
    ['SetEnv A=b', 'parameter env'],
    ['RequestTTY=force', 'parameter tty'],
    ['LocalForward 1 h:2', 'ssh_forward'],
    ['HostName=evil', 'parameter target'],
  ])('%s, naming what to use', (line, instead) => {
    expectRefused(['-o', line], instead)
    expectRefused(['-o', line], line.split(/[= ]/)[0])
  })

  it.each<[string, string]>(
    [
      ['A D E F G I K L M N O Q R S T V W X Y e f g i n s t w y', ''],
      ['P H U Z j r u z 0 1 2 3 5 7 8 9 d h o p l J c m b B', ''],
    ].flatMap(([letters = '']) => letters.split(' ').map((one): [string, string] => [one, `-${one}`])),
  )('-%s', (letter, flag) => {
    expectRefused([flag], flag)
    if (/[opJclmbB]/.test(letter)) return
    for (const args of [
      [flag, 'V'],
      [`${flag}V`],
      [`-v${letter}V`],
      [`-4C${letter}`, 'V'],
      ['-C', flag, 'V'],
    ])
      expectRefused(args)
  })

  it.each<[string, string]>([
    ['-i', 'identity_file'],
    ['-L', 'ssh_forward'],
    ['-D', 'ssh_forward'],
    ['-t', 'parameter tty'],
    ['-N', 'ssh_forward'],
    ['-vC', '-v, -vv or -vvv'],
    ['-4p22', 'on its own'],
  ])('%s, saying what to do', (flag, instead) => expectRefused([flag, 'V'], instead))

  it.each([
    [['-tt']],
    [['-vF/path']],
    [['-vE/path']],
    [['-vI/lib']],
    [['-vvvv']],
    [['-vC']],
    [['-4v']],
    [['-tL', '1:h:2']],
    [['-gL', '1:h:2']],
    [['-4p22']],
    [['-C4l', 'root']],
    [['--']],
    [['-']],
    [['']],
    [['host']],
    [['me@host', 'id']],
    [[' -C']],
    [['-C ']],
    [['-é']],
    [['－C']],
    [['-o']],
    [['-C', '-o']],
    [['-p']],
    [['-J']],
    [['-o', '']],
    [['-o', ' ']],
    [['-o', '--']],
    [['-o', '-C']],
    [['-o', 'Port']],
    [['-o', 'Port=']],
    [['-o', 'Port=""']],
    [['-o', '"Port"22']],
    [['-o', '"Port 22"']],
    [['-o', '"Port=22']],
    [['-o', 'Port=22 # x']],
    [['-p', '0']],
    [['-p', '65536']],
    [['-p', '022']],
    [['-p', '-1']],
    [['-p', 'ssh']],
    [['-p', '22 33']],
    [['-p', '22\n']],
    [['-l', '-oProxyCommand=id']],
    [['-l', 'a b']],
    [['-l', '$(id)']],
    [['-l', '%h']],
    [['-l', 'a\\b']],
    [['-l', '#a']],
    [['-o', 'User==a']],
    [['-b', 'localhost']],
    [['-b', '1.2.3']],
    [['-b', '1.2.3.4.5']],
    [['-b', '::1%lo']],
    [['-b', ':']],
    [['-B', '-x']],
    [['-B', 'eth0;id']],
    [['-B', 'a'.repeat(16)]],
    [['-c', 'aes;id']],
    [['-c', ',']],
    [['-c', 'a,']],
    [['-m', 'a b']],
    [['-J', '']],
    [['-J', 'a,']],
    [['-J', ',a']],
    [['-J', '-oProxyCommand=id']],
    [['-J', 'a,-oProxyCommand=id']],
    [['-J', 'u@-x']],
    [['-J', '-x@h']],
    [['-J', '$(id)@h']],
    [['-J', 'h$(id)']],
    [['-J', 'h`id`']],
    [['-J', 'h;id']],
    [['-J', '%h']],
    [['-J', 'a b']],
    [['-J', '::1']],
    [['-J', '[::1']],
    [['-J', '[host]']],
    [['-J', '[::1%lo]']],
    [['-J', 'h:0']],
    [['-J', 'h:65536']],
    [['-J', 'h:22:33']],
    [['-J', 'h/']],
    [['-J', 'ssh://']],
    [['-J', 'ssh://h/x']],
    [['-J', 'SSH://h']],
    [['-J', 'http://h']],
    [['-J', 'u@v@h']],
    [['-o', 'IPQoS=a b c']],
    [['-o', 'IPQoS=lowdelay throughput ef']],
    [['-o', 'RekeyLimit=1G 1h x']],
    [['-o', 'ConnectTimeout=-1']],
    [['-o', 'ConnectTimeout=1h;id']],
    [['-o', 'ServerAliveInterval=9999999999']],
    [['-o', 'ConnectionAttempts=0']],
    [['-o', 'RequiredRSASize=0']],
    [['-o', 'Compression=maybe']],
    [['-o', 'Compression=yes yes']],
    [['-o', 'Compression=constructor']],
    [['-o', 'ForwardAgent=/var/run/docker.sock']],
    [['-o', 'ForwardAgent=$SSH_AUTH_SOCK']],
    [['-o', 'ControlPath=/tmp/c']],
    [['-o', 'ProxyCommand=none;id']],
    [['-o', 'ProxyCommand=none id']],
    [['-o', 'UpdateHostKeys=yes']],
    [['-o', 'Match exec "id"']],
    [['-o', 'Host *']],
    [['-o', 'PreferredAuthentications=-x']],
  ])('%j', (args) => expectRefused(args))

  it('lists that are too long, and elements', () => {
    expect(refusal(Array.from({ length: 64 }, () => '-C'))).toBeNull()
    expectRefused(Array.from({ length: 65 }, () => '-C'))
    expect(refusal(['-c', 'a'.repeat(4096)])).toBeNull()
    expectRefused(['-c', 'a'.repeat(4097)])
  })

  it('even behind one that is repeated', () => expectRefused(['-p', '22', '-p', '22;id']))

  it('without showing more than 80 characters of them, or any that act on a terminal', () => {
    const error = refusal(['-o', `Port=\u001b]0;x\u0007\u009b31m\u202e\u200b\ud800é${'y'.repeat(4000)}`])
    expect(error?.message).toMatch(/^[ -~…]{50,300}$/)
  })
})

/** Texts near enough to options to get past the first checks. */
const nearly = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...'-o -p -J -l -v -4 -C -b -i -F - -- = " \' \\ % $ , @ : ssh:// [::1] none yes no 22 V a'.split(' '),
    ),
    fc.constantFrom(' ', '\t', '\n', '\0', ...ALLOWED.map(([key]) => key), ...DANGEROUS),
    fc.string({ maxLength: 4, unit: 'binary' }),
  ),
  { maxLength: 6 },
)
const anyArgs = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    nearly.map((parts) => parts.join('')),
    fc.constantFrom(...PAIRS).map(([key, value]) => `-o${key}=${value}`),
    fc.constantFrom('-o', '-p', '-C', '-J', '-4', '22', 'Port=22', 'host'),
  ),
  { maxLength: 5 },
)

/** Texts in upper and lower case as a mask of bits says. */
const cased = (text: string, mask: number): string =>
  [...text].map((one, index) => ((mask >> (index % 30)) & 1 ? one.toUpperCase() : one.toLowerCase())).join('')

describe('whatever is given', () => {
  it('is refused, or becomes options of the table that read as themselves', () => {
    fc.assert(
      fc.property(anyArgs, (args) => {
        const error = refusal(args)
        if (error) return expectRefused(args)
        const options = parseExtraArgs(args)
        for (const [key, value] of options) {
          expect(optionRule(key)?.name).toBe(key)
          expect(optionRule(key)?.read(value)).toBe(value)
          expect(value).toMatch(/^[^\s"'\\`$%;|&<>(){}#!-][ -~]*$|^-[A-Za-z0-9@._*?,-]+$/)
          expect(value).not.toMatch(/["'\\`$%;|&<>(){}#!]/)
        }
        expect(new Set(options.map(([key]) => key)).size).toBe(options.length)
        expect(parseExtraArgs(options.map(([key, value]) => `-o${key}=${value}`))).toEqual(options)
      }),
      { numRuns: 2000 },
    )
  })

  it('every spelling of an allowed option becomes the same', () => {
    const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 })
    const spelling = fc.record({
      option: fc.constantFrom(...PAIRS),
      mask: fc.nat(),
      key: fc.constantFrom('', '"'),
      value: fc.constantFrom('', '"', "'"),
      sign: fc.constantFrom('=', ' ', '\t'),
      around: fc.tuple(blanks, blanks, blanks, blanks),
      joined: fc.boolean(),
    })
    fc.assert(
      fc.property(spelling, ({ option: [key, value], mask, around, joined, sign, ...quote }) => {
        const named = `${quote.key}${cased(key, mask)}${quote.key}`
        const quoted = `${quote.value}${value}${quote.value}`
        const line = `${around[0]}${named}${around[1]}${sign}${around[2]}${quoted}${around[3]}`
        expect(parseExtraArgs(joined ? [`-o${line}`] : ['-o', line])).toEqual([[key, value]])
      }),
      { numRuns: 1000 },
    )
  })
})
