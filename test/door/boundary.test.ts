import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { sshWithConfig } from '../support/accounts.js'
import { describeSessions, eventually, type Facts, type TestClient, Workplace } from '../support/harness.js'
import { PROMPT, type Sshd, startSshd, unusedPort } from '../support/sshd.js'

/**
 * A variable that our own processes pass on and the server does not take: by it the programs that run on this
 * side are told from those of the remote, which is the same machine here.
 */
const MARK = `LC_BOUNDARY=${process.pid}`
const MARKED = Object.fromEntries([MARK.split('=') as [string, string]])

let sshd: Sshd
let place: Workplace
let client: TestClient
/** Where an attack would leave its file; nothing may ever appear in it. */
let yard: string
let canary: string
let before: string[]

beforeAll(async () => {
  sshd = await startSshd(['ListenAddress ::1'])
  place = new Workplace({ ...MARKED, SSH_MCP_TOOLSETS: 'all' })
  client = await place.client()
  yard = join(place.directory, 'yard')
  mkdirSync(yard)
  canary = join(yard, 'canary')
  before = files()
})

afterEach(() => {
  expect(readdirSync(yard)).toEqual([])
})

afterAll(async () => {
  await place?.close()
  await sshd?.stop()
})

/** Every file that an attack could have made or changed, with its size; what we and the server write is left out. */
function files(): string[] {
  return [place.directory, sshd.directory]
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
    )
    .filter((path) => !path.startsWith(`${place.state}/`) && path !== join(sshd.directory, 'log'))
    .map((path) => [path, lstatSync(path, { throwIfNoEntry: false })] as const)
    .flatMap(([path, stat]) => (stat?.isFile() ? [`${path} ${stat.size}`] : []))
    .sort()
}

/** The processes of this side: the bridge, the daemon, and whatever they started, orphans too. */
function localProcesses(): { pid: string; args: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(MARK))
    .map((pid) => ({ pid, args: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
}

/** TCP ports on which any of them listens. */
function localPorts(): number[] {
  const listening = new Map(
    ['tcp', 'tcp6']
      .flatMap((kind) => read(`/proc/net/${kind}`).split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => [`socket:[${fields[9]}]`, Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)]),
  )
  const sockets = localProcesses().flatMap(({ pid }) => links(`/proc/${pid}/fd`))
  return sockets.map((link) => listening.get(link)).filter((port) => port !== undefined)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the process has gone
  }
}

function links(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => readlinkSync(join(directory, name)))
  } catch {
    return []
  }
}

/** Calls a tool with the connection of the server here, but for what the attack replaces. */
function attempt(tool: string, args: Facts): Promise<Facts> {
  return client.call(tool, { ...sshd.connection, ...BASE[tool], ...args })
}

/** What a tool needs besides a connection. */
const BASE: Readonly<Record<string, Facts>> = {
  ssh_exec: { command: 'true' },
  ssh_sync: { direction: 'upload', source: '/none', destination: 'x' },
  ssh_scp: { direction: 'upload', sources: ['/none'], destination: 'x' },
  ssh_list_files: { path: '.' },
  ssh_forward: { direction: 'local', local_port: 1, remote_host: '127.0.0.1', remote_port: 1 },
  ssh_view: { path: '.' },
}

const CONNECTING = ['ssh_ensure_session', 'ssh_start_session', 'ssh_connect', ...Object.keys(BASE)]

/** Refused by every tool that connects, each time in words that help. */
async function expectRefused(args: Facts, instead?: string): Promise<void> {
  for (const tool of CONNECTING) {
    const result = await attempt(tool, args)
    expect(result, `${tool} ${JSON.stringify(args)}`).toMatchObject({ isError: true, ok: false })
    expectHelpful(result)
    if (instead !== undefined) expect(result.message).toContain(instead)
  }
}

/** One or two sentences, of one of the two kinds, without anything that a terminal would act on. */
function expectHelpful({ error_type, message, texts }: Facts): void {
  expect(['policy_denied', 'validation_error']).toContain(error_type)
  expect(message).not.toMatch(/\p{C}/u)
  expect(message.length).toBeLessThan(600)
  const sentences = message.replace(/"[^"]*"/g, '""').match(/[.!?](?=\s+\p{Lu}|$)/gu)
  expect(sentences?.length, message).toBeGreaterThan(0)
  expect(sentences?.length, message).toBeLessThanOrEqual(2)
  expect(texts.at(-1)).toBe(JSON.stringify({ ok: false, error_type }))
}

/** The ways in which ssh takes one option. `VALUE` is the value. */
const SPELLINGS: readonly ((keyword: string) => string[])[] = [
  (keyword) => ['-o', `${keyword}=VALUE`],
  (keyword) => [`-o${keyword}=VALUE`],
  (keyword) => [`-o ${keyword}=VALUE`],
  (keyword) => ['-o', `${keyword} VALUE`],
  (keyword) => ['-o', `${keyword}\tVALUE`],
  (keyword) => ['-o', `${keyword} = VALUE`],
  (keyword) => ['-o', `${keyword}  VALUE`],
  (keyword) => ['-o', `${keyword}==VALUE`],
  (keyword) => ['-o', `  ${keyword}=VALUE`],
  (keyword) => ['-o', `\t${keyword} VALUE`],
  (keyword) => ['-o', `\n${keyword}=VALUE`],
  (keyword) => ['-o', `${keyword}\rVALUE`],
  (keyword) => ['-o', `${keyword}\nVALUE`],
  (keyword) => ['-o', `"${keyword}" VALUE`],
  (keyword) => ['-o', `"${keyword}"=VALUE`],
  (keyword) => ['-o', `${keyword}="VALUE"`],
  (keyword) => ['-o', `${keyword.toLowerCase()}=VALUE`],
  (keyword) => ['-o', `${keyword.toUpperCase()}=VALUE`],
  (keyword) => ['-vo', `${keyword}=VALUE`],
  (keyword) => [`-vo${keyword}=VALUE`],
  (keyword) => [`-4Co${keyword}=VALUE`],
  (keyword) => ['-C', '-vv', `-o${keyword} VALUE`],
  (keyword) => ['-o', 'Compression=yes', '-o', `${keyword}=VALUE`],
  (keyword) => ['-o', `Compression=yes\n${keyword}=VALUE`],
  (keyword) => ['-o', `Compression yes ${keyword}=VALUE`],
  (keyword) => ['--', `-o${keyword}=VALUE`],
]

/** Options that may never come from a caller, each with a value that would do harm and what to use instead. */
const OPTIONS: readonly [keyword: string, value: string, instead?: string][] = [
  ['LocalCommand', 'touch CANARY'],
  ['PermitLocalCommand', 'yes'],
  ['KnownHostsCommand', '/usr/bin/touch CANARY'],
  ['ProxyUseFdpass', 'yes', '-J'],
  ['XAuthLocation', 'CANARY'],
  ['EnableEscapeCommandline', 'yes'],
  ['EscapeChar', '~'],
  ['HostName', '$(touch CANARY)', 'target'],
  ['Match', 'exec "touch CANARY"'],
  ['Include', '/etc/passwd'],
  ['Host', '*', 'target'],
  ['IgnoreUnknown', '*'],
  ['CanonicalizeHostname', 'always'],
  ['CanonicalDomains', 'example.com'],
  ['PKCS11Provider', 'CANARY.so'],
  ['SmartcardDevice', 'CANARY.so'],
  ['SecurityKeyProvider', 'CANARY.so'],
  ['IdentityAgent', '/run/docker.sock'],
  ['IdentityFile', '/etc/shadow', 'identity_file'],
  ['IdentityFile2', '/etc/shadow', 'identity_file'],
  ['CertificateFile', '/etc/shadow'],
  ['RevokedHostKeys', '/etc/shadow'],
  ['UserKnownHostsFile', 'CANARY', 'known_hosts_file'],
  ['GlobalKnownHostsFile', 'CANARY', 'known_hosts_file'],
  ['HostKeyAlias', '>CANARY'],
  ['NoHostAuthenticationForLocalhost', 'yes'],
  ['StrictHostKeyChecking', 'no', 'strict_host_key_checking'],
  ['StrictHostKeyChecking', 'off', 'strict_host_key_checking'],
  ['VerifyHostKeyDNS', 'yes'],
  ['UpdateHostKeys', 'yes'],
  ['ForwardAgent', 'yes'],
  ['ForwardAgent', '/run/docker.sock'],
  ['ForwardAgent', '$SSH_AUTH_SOCK'],
  ['ForwardX11', 'yes'],
  ['ForwardX11Trusted', 'yes'],
  ['AddKeysToAgent', 'yes'],
  ['GSSAPIDelegateCredentials', 'yes'],
  ['LocalForward', 'PORT 127.0.0.1:22', 'ssh_forward'],
  ['RemoteForward', 'PORT', 'ssh_forward'],
  ['DynamicForward', 'PORT', 'ssh_forward'],
  ['GatewayPorts', 'yes'],
  ['ClearAllForwardings', 'no'],
  ['Tunnel', 'yes'],
  ['TunnelDevice', '0:0'],
  ['StreamLocalBindUnlink', 'yes'],
  ['ControlMaster', 'yes'],
  ['ControlMaster', 'auto'],
  ['ControlPath', 'CANARY'],
  ['ControlPersist', '60'],
  ['SendEnv', '*', 'env'],
  ['SetEnv', 'A=b', 'env'],
  ['RemoteCommand', 'true'],
  ['RequestTTY', 'force', 'tty'],
  ['ForkAfterAuthentication', 'yes'],
  ['StdinNull', 'yes'],
  ['SessionType', 'none'],
  ['SyslogFacility', 'AUTH'],
  ['LogVerbose', '*'],
  ['HostbasedAuthentication', 'yes'],
  ['EnableSSHKeysign', 'yes'],
  ['Tag', 'x'],
  ['ProxyComm', 'touch CANARY'],
  ['NoSuchOption', 'yes'],
]

/** Allowed options with values that are not what they should be. */
const VALUES: readonly string[] = [
  'Ciphers=aes128-ctr;touch CANARY',
  'Ciphers=$(touch CANARY)',
  'Ciphers=aes128-ctr\nProxyCommand=touch CANARY',
  'MACs=`touch CANARY`',
  'KexAlgorithms=a|b',
  'HostKeyAlgorithms=',
  'LogLevel=DEBUG4',
  'LogLevel=DEBUG3 ProxyCommand=x',
  'ConnectTimeout=-1',
  'ConnectTimeout=1;x',
  'ServerAliveInterval=0x10',
  'NumberOfPasswordPrompts=1e9',
  'RekeyLimit=1G 1h 1h',
  'IPQoS=$(id)',
  'BindAddress=127.0.0.1;x',
  'BindAddress=${HOME}',
  'BindInterface=lo/../x',
  'AddressFamily=inet inet6',
  'PreferredAuthentications=%h',
  'User=-oProxyCommand=x',
  'User=$(touch CANARY)',
  'User=%h',
  'Port=22x',
  'Port=0',
  'Port=65536',
  'Compression=maybe',
  'ProxyJump=$(touch CANARY)',
  'ProxyJump=-oProxyCommand=x',
  'ProxyJump=a;touch CANARY',
  'ProxyJump=a b',
  'ProxyJump=a,`touch CANARY`',
  'ProxyJump=a,,b',
  'ProxyJump=%h',
  'ProxyJump=a:99999',
  'ProxyJump=$(x)@a',
  'ProxyJump=-l@a',
  'ProxyJump=ssh://a/b',
  "ProxyJump=a'b",
  'ProxyJump=a\u200b',
]

/** Flags, words and clusters. */
const FLAGS: readonly [args: string[], instead?: string][] = [
  [['-L', 'PORT:127.0.0.1:22'], 'ssh_forward'],
  [['-LPORT:127.0.0.1:22'], 'ssh_forward'],
  [['-L', 'CANARY:127.0.0.1:22'], 'ssh_forward'],
  [['-R', 'PORT:127.0.0.1:22'], 'ssh_forward'],
  [['-D', 'PORT'], 'ssh_forward'],
  [['-DPORT'], 'ssh_forward'],
  [['-gL', 'PORT:127.0.0.1:22'], 'ssh_forward'],
  [['-vL', 'PORT:127.0.0.1:22'], 'ssh_forward'],
  [['-CLPORT:127.0.0.1:22'], 'ssh_forward'],
  [['-tL', 'PORT:127.0.0.1:22'], 'tty'],
  [['-W', '127.0.0.1:22'], '-J'],
  [['-w', '0:0']],
  [['-g']],
  [['-E', 'CANARY']],
  [['-ECANARY']],
  [['-vE', 'CANARY']],
  [['-vECANARY']],
  [['-F', '/etc/shadow']],
  [['-F/etc/shadow']],
  [['-vF/etc/shadow']],
  [['-S', 'CANARY']],
  [['-S', 'none']],
  [['-M']],
  [['-MS', 'CANARY']],
  [['-O', 'exit']],
  [['-Oexit']],
  [['-I', 'CANARY.so']],
  [['-ICANARY.so']],
  [['-vI', 'CANARY.so']],
  [['-e', '~']],
  [['-e~']],
  [['-e', 'none']],
  [['-f']],
  [['-fN']],
  [['-vf']],
  [['-N']],
  [['-n']],
  [['-s']],
  [['-t'], 'tty'],
  [['-tt'], 'tty'],
  [['-T'], 'tty'],
  [['-X']],
  [['-qX']],
  [['-Y']],
  [['-A']],
  [['-4A']],
  [['-K']],
  [['-G']],
  [['-Q', 'cipher']],
  [['-V']],
  [['-y']],
  [['-P', 'tag']],
  [['-i', '/etc/shadow'], 'identity_file'],
  [['-i/etc/shadow'], 'identity_file'],
  [['-vi', '/etc/shadow'], 'identity_file'],
  [['-i'], 'identity_file'],
  [['-o']],
  [['-C', '-o']],
  [['-vo']],
  [['-p']],
  [['-l']],
  [['-J']],
  [['-c']],
  [['-m']],
  [['-b']],
  [['-B']],
  [['-E']],
  [['-F']],
  [['--']],
  [['-C', '--']],
  [['--', 'touch', 'CANARY']],
  [['-']],
  [['---']],
  [['--help']],
  [['--option=ProxyCommand=touch CANARY']],
  [['--o', 'ProxyCommand=touch CANARY']],
  [['']],
  [[' ']],
  [[' -C']],
  [['-C ']],
  [['host'], 'target'],
  [['true'], 'command'],
  [['touch CANARY'], 'command'],
  [['-C', 'elsewhere.example'], 'target'],
  [['ProxyCommand=touch CANARY']],
  [['\u2013oProxyCommand=touch CANARY']],
  [['-\u043e', 'ProxyCommand=touch CANARY']],
  [['-o', 'Proxy\u200bCommand=touch CANARY']],
  [['-o', 'Pr\u043exyCommand=touch CANARY']],
  [['-o\0', 'ProxyCommand=touch CANARY']],
  [['-o', '\x1b]0;title\x07ProxyCommand=touch CANARY']],
  [['\x1b[31m-C']],
  [['-vvvv']],
  [['-Cv']],
  [['-1']],
  [['-2']],
  [['-c', 'aes128-ctr;x']],
  [['-c$(touch CANARY)']],
  [['-m', 'a b']],
  [['-b', '$(touch CANARY)']],
  [['-B', '-oProxyCommand=x']],
  [['-l', '-oProxyCommand=touch CANARY']],
  [['-l', '`touch CANARY`']],
  [['-p', '22;x']],
  [['-p', '-1']],
  [['-p0']],
  [['-J', '-oProxyCommand=touch CANARY']],
  [['-J', '$(touch CANARY)@host']],
  [['-J', 'a,b;touch CANARY']],
  [['-J', 'a\nb']],
  [['-Jhost -oProxyCommand=x']],
  [Array.from({ length: 65 }, () => '-C')],
  [['-o', `Ciphers=${'a'.repeat(5000)}`]],
]

const TARGETS: readonly string[] = [
  '-oProxyCommand=touch CANARY',
  '-oProxyCommand=touch${IFS}CANARY',
  '--',
  '-',
  '-F/etc/shadow',
  '-lroot',
  '$(touch CANARY)',
  '`touch CANARY`',
  'host;touch CANARY',
  'host|touch CANARY',
  'host&touch CANARY',
  'host>CANARY',
  'host\ntouch CANARY',
  'host\r\nProxyCommand touch CANARY',
  'host\0',
  'host\x1b[31m',
  'ho st',
  "ho'st",
  'ho"st',
  'ho\\st',
  'host*',
  'host?',
  'host!',
  'host%h',
  '%h',
  '%d/x',
  '${HOME}',
  '~root',
  'host/..',
  'host,other',
  'host:22',
  '[::1',
  '::1]',
  '[-oProxyCommand=x]',
  '::1%lo;x',
  '::g',
  'h\u00f6st',
  '\uff0doProxyCommand=x',
  'user@',
  '@host',
  '@',
  'user@-oProxyCommand=touch CANARY',
  '-oProxyCommand=touch CANARY@host',
  '-l@host',
  '$(touch CANARY)@host',
  '`touch CANARY`@host',
  'us;er@host',
  'us er@host',
  "us'er@host",
  'user\n@host',
  'user\\@host',
  'ssh://',
  'ssh:///',
  'ssh://-oProxyCommand=touch%20CANARY',
  'ssh://-l@host',
  'ssh://%2doProxyCommand=x@host',
  'ssh://%0a@host',
  'ssh://%zz@host',
  'ssh://host/path',
  'ssh://host:0',
  'ssh://host:65536',
  'ssh://host:22;x',
  'ssh://$(touch CANARY)',
  'ssh://user@host:22/-oProxyCommand=x',
  'http://host',
  ' ',
]

/** Texts for what reaches the remote: whatever a shell, a terminal or ssh may make something of. */
const TEXTS: readonly string[] = [
  '$(touch CANARY)',
  '`touch CANARY`',
  "'; touch CANARY; '",
  '"; touch CANARY; "',
  '; touch CANARY',
  '| touch CANARY',
  '&& touch CANARY',
  '-oProxyCommand=touch CANARY',
  '%h%p%r',
  '${HOME}',
  '~',
  '!!',
  '\\',
  '#{pane_id}',
  '#(touch CANARY)',
]

const filled = (text: string): string => text.replaceAll('CANARY', canary).replaceAll('PORT', String(port))
let port = 0

describe('what an attack would do', () => {
  beforeAll(async () => {
    port = await unusedPort()
  })

  it('is seen here: a program that an option of ssh starts, and a port that it opens', async () => {
    const files = ['-i', sshd.identityFile, '-o', `UserKnownHostsFile=${sshd.knownHosts}`]
    const to = ['-p', String(sshd.port), sshd.connection.target]
    spawnSync('ssh', [...files, '-o', filled('ProxyCommand=touch CANARY'), ...to, 'true'])
    expect(readdirSync(yard)).toEqual(['canary'])
    rmSync(canary)
    const env = { ...process.env, ...MARKED }
    const ssh = spawn('ssh', [...files, '-N', '-L', `${port}:127.0.0.1:22`, ...to], { env, stdio: 'ignore' })
    await eventually('its port is open', () => localPorts().includes(port))
    ssh.kill('SIGKILL')
  })
})

function nothingHappened(): void {
  expect(localPorts()).toEqual([])
  expect(files()).toEqual(before)
  expect(localProcesses().filter(({ args }) => !args.includes('cli.js'))).toEqual([])
}

describe('options that are not harmless', () => {
  beforeAll(async () => {
    port = await unusedPort()
  })

  it.each(SPELLINGS.map((spelt) => [spelt('ProxyCommand')] as const))(
    'are refused however they are spelt: %j',
    async (args) => {
      const extra_ssh_args = args.map((arg) => arg.replace('VALUE', `touch ${canary}`))
      await expectRefused({ extra_ssh_args })
    },
  )

  it('are told from what is to be used instead of them', async () => {
    for (const spelt of SPELLINGS.slice(0, 8))
      await expectRefused(
        { extra_ssh_args: spelt('ProxyCommand').map((arg) => arg.replace('VALUE', 'nc %h %p')) },
        '-J host',
      )
  })

  it.each(OPTIONS)('are refused: %s %s', async (keyword, value, instead) => {
    for (const spelt of SPELLINGS) {
      const extra_ssh_args = spelt(keyword).map((arg) => arg.replace('VALUE', () => filled(value)))
      await expectRefused({ extra_ssh_args }, spelt === SPELLINGS[0] ? instead : undefined)
    }
  })

  it.each(VALUES)('are refused for what they are set to: %j', async (option) => {
    await expectRefused({ extra_ssh_args: ['-o', filled(option)] })
    await expectRefused({ extra_ssh_args: [`-o${filled(option)}`] })
  })

  it.each(FLAGS)('are refused as flags, clusters or words: %j', async (args, instead) => {
    await expectRefused({ extra_ssh_args: args.map(filled) }, instead)
  })

  it.each([
    ['a text', '-C'],
    ['a number in the list', [1]],
    ['an object', { ProxyCommand: 'x' }],
    ['a list in the list', [['-C']]],
  ])('are refused as %s', async (_, extra_ssh_args) => {
    await expectRefused({ extra_ssh_args })
  })

  it('have opened no port, written no file and started no program', nothingHappened)
})

describe('targets', () => {
  it.each(TARGETS)('that are no place to go are refused: %j', async (target) => {
    await expectRefused({ target: filled(target) })
    await expectRefused({ target: undefined, host: filled(target) })
  })

  it.each(['$(touch CANARY)', '-oProxyCommand=touch CANARY', '`touch CANARY`', 'a\nb', 'a b', '', 'other'])(
    'take no user that is none: %j',
    async (user) => {
      const result = await attempt('ssh_exec', { user: filled(user) })
      expect(result.isError).toBe(true)
      expectHelpful(result)
    },
  )

  it.each([0, -1, 65_536, 1.5, '22;x', '0x16', '22 22', '-oProxyCommand=x', [22], { port: 22 }, true])(
    'take no port that is none: %j',
    async (number) => {
      await expectRefused({ port: number })
    },
  )

  it('that are refused have opened no port, written no file and started no program', nothingHappened)
})

describe('files that a caller names', () => {
  const at = (name: string): string => join(sshd.directory, name)
  const refused = async (args: Facts, words: RegExp): Promise<void> => {
    const began = performance.now()
    for (const tool of CONNECTING) {
      const result = await attempt(tool, args)
      expect(result, JSON.stringify(args)).toMatchObject({ isError: true })
      expectHelpful(result)
      expect(result.message).toMatch(words)
    }
    expect(performance.now() - began).toBeLessThan(3000)
  }

  beforeAll(() => {
    execFileSync('mkfifo', [at('fifo'), at('known_hosts_fifo')])
    mkdirSync(at('known_hosts_directory'))
    copyFileSync(sshd.identityFile, at('open_key'))
    chmodSync(at('open_key'), 0o640)
    writeFileSync(at('precious'), 'precious\n')
    symlinkSync(at('precious'), at('known_hosts_link'))
    symlinkSync(at('nothing'), at('known_hosts_dangling'))
    before = files()
  })

  it('are no keys where they are something else', async () => {
    await refused({ identity_file: at('fifo') }, /not a file/)
    await refused({ identity_file: sshd.directory }, /not a file/)
    await refused({ identity_file: at('none') }, /not a file/)
    await refused({ identity_file: '/dev/zero' }, /not a file/)
    await refused({ identity_file: '/dev/stdin' }, /not a file/)
    await refused({ identity_file: `${sshd.identityFile}\0` }, /control characters/)
    await refused({ identity_file: `${sshd.identityFile}" ProxyCommand="x` }, /quotes/)
    await refused(
      { identity_file: `${sshd.identityFile}\nProxyCommand touch ${canary}` },
      /control characters/,
    )
    await refused({ identity_file: '-oProxyCommand=x' }, /not a file/)
    await refused({ identity_file: '~no-such-user/key' }, /not a file/)
    await refused({ identity_file: '' }, /identity_file/)
    await refused({ identity_file: 'a'.repeat(5000) }, /identity_file/)
  })

  it('are no keys where others can read them, which is told with what to do', async () => {
    await refused({ identity_file: at('open_key') }, /chmod 600/)
  })

  it.runIf(process.getuid?.() === 0)('are no keys where they belong to somebody else', async () => {
    execFileSync('cp', [sshd.identityFile, at('foreign')])
    execFileSync('chown', ['65534', at('foreign')])
    await refused({ identity_file: at('foreign') }, /another user/)
    rmSync(at('foreign'))
  })

  it('are not taken for lists of host keys, to which ssh would write', async () => {
    await refused({ known_hosts_file: '~/.bashrc' }, /known_hosts/)
    await refused({ known_hosts_file: '~/.ssh/authorized_keys' }, /known_hosts/)
    await refused({ known_hosts_file: at('precious') }, /known_hosts/)
    await refused({ known_hosts_file: canary }, /known_hosts/)
    await refused({ known_hosts_file: `${sshd.knownHosts}/../precious` }, /known_hosts/)
    await refused({ known_hosts_file: at('known_hosts_link') }, /link/)
    await refused({ known_hosts_file: at('known_hosts_dangling') }, /link/)
    await refused({ known_hosts_file: at('known_hosts_fifo') }, /regular file/)
    await refused({ known_hosts_file: at('known_hosts_directory') }, /regular file/)
    await refused({ known_hosts_file: at('none/known_hosts') }, /does not exist/)
    await refused({ known_hosts_file: `${at('known_hosts')}" "${canary}` }, /quotes/)
    await refused({ known_hosts_file: `${at('known_hosts')}\n${canary}` }, /control characters/)
    await refused({ known_hosts_file: '/dev/null' }, /known_hosts/)
    expect(readFileSync(at('precious'), 'utf8')).toBe('precious\n')
    expect(files()).toEqual(before)
  })

  /** A key and a list of host keys with such a name, in a directory with such a name, are used; or nothing is. */
  async function expectLiteral(name: string): Promise<void> {
    const directory = at(`literal ${name}`)
    mkdirSync(directory)
    const identity_file = join(directory, name)
    copyFileSync(sshd.identityFile, identity_file)
    chmodSync(identity_file, 0o600)
    const known_hosts_file = join(directory, `known_hosts ${name}`)
    const strict = { strict_host_key_checking: 'accept-new' }
    const before = files()
    const result = await attempt('ssh_exec', { identity_file, known_hosts_file, ...strict })
    if (result.isError) {
      expectHelpful(result)
      expect(files()).toEqual(before)
    } else {
      expect(result.exit_code).toBe(0)
      const added = files().filter((file) => !before.includes(file))
      expect(added.map((line) => line.replace(/ \d+$/, ''))).toEqual([known_hosts_file])
    }
    // A policy changes the order in which things are asked, but not what a path means.
    const opened = await attempt('ssh_connect', { identity_file, known_hosts_file, ...strict })
    expect(opened.isError).toBe(result.isError)
  }

  it.each(['%h %d', '$HOME', '~root', "it's", 'a b', 'a;b', '%%', 'ünï', '-o', '#', 'a\\b'])(
    'are meant literally, or refused: %s',
    expectLiteral,
  )

  // In an option's value ssh takes backslashes before quotes and backslashes away, and puts variables in.
  it.each(['${HOME}', 'a\\\\b', "it\\'s", 'a\\'])('are meant literally, or refused: %s', expectLiteral)

  it.each(['no', 'off', false, 'false', 'No', 'NO', 'none', 'ask;x', 0])(
    'are trusted no less than the person wants: strict_host_key_checking %j',
    async (strict_host_key_checking) => {
      await refused(
        { strict_host_key_checking, known_hosts_file: at('known_hosts_never') },
        /strict_host_key_checking/,
      )
      expect(readdirSync(sshd.directory)).not.toContain('known_hosts_never')
    },
  )

  it('are trusted less where the person has said so, and never by an option', async () => {
    const lax = await place.client({ SSH_MCP_ALLOW_INSECURE_HOST_KEYS: '1' })
    const args = { ...sshd.connection, known_hosts_file: at('known_hosts_lax'), command: 'true' }
    for (const strict_host_key_checking of ['no', 'off', false])
      expect(await lax.call('ssh_exec', { ...args, strict_host_key_checking })).toMatchObject({ ok: true })
    const extra_ssh_args = ['-o', 'StrictHostKeyChecking=no']
    const result = await lax.call('ssh_exec', { ...args, extra_ssh_args })
    expect(result.message).toMatch(/parameter strict_host_key_checking/)
  })
})

/** What a terminal would act on, or would not show. */
const INVISIBLE = 'a\x1b[31m\u202eb\nc\u200b'

describe('what a caller says that is wrong', () => {
  it.each<[string, Facts]>([
    ['ssh_exec', { extra_ssh_args: ['-o', INVISIBLE] }],
    ['ssh_exec', { extra_ssh_args: [INVISIBLE] }],
    ['ssh_exec', { strict_host_key_checking: INVISIBLE }],
    ['ssh_ensure_session', { session_name: INVISIBLE }],
    ['ssh_disconnect', { connection_name: INVISIBLE }],
  ])('is shown to it without what a terminal would act on: %s %j', async (tool, args) => {
    const result = await client.call(tool, {
      ...(tool === 'ssh_disconnect' ? {} : sshd.connection),
      command: undefined,
      ...args,
    })
    expect(result.isError).toBe(true)
    expect(result.message).not.toMatch(/[\p{C}\u2028\u2029]/u)
  })

  // Quoted as JSON, which escapes control characters only, or not at all.
  it.each<[string, Facts]>([
    ['ssh_exec', { target: INVISIBLE }],
    ['ssh_exec', { target: '\u202ehost' }],
    ['ssh_exec', { target: 'host\u200b' }],
    ['ssh_exec', { user: INVISIBLE }],
    ['ssh_exec', { identity_file: '/\u202e\u2028' }],
    ['ssh_exec', { known_hosts_file: '/\u202e\u2028' }],
    ['ssh_exec', { env: { 'A\n': 'x' } }],
    ['ssh_exec', { env: { 'A\0': 'x' } }],
    ['ssh_exec', { [INVISIBLE]: 'x' }],
    ['ssh_read_session', { session_id: INVISIBLE }],
  ])('is shown to it without what is not to be seen: %s %j', async (tool, args) => {
    const result = await (tool === 'ssh_exec' ? attempt(tool, args) : client.call(tool, args))
    expect(result.isError).toBe(true)
    expect(result.message).not.toMatch(/[\p{C}\u2028\u2029]/u)
  })
})

describe('what is for the remote', () => {
  it.each(TEXTS)('reaches it as it is: %j', async (text) => {
    const value = filled(text)
    const run = (args: Facts): Promise<Facts> => attempt('ssh_exec', args)
    expect(await run({ command: 'printf %s "$X"', env: { X: value } })).toMatchObject({
      stdout: value,
      stderr: '',
    })
    expect(await run({ command: 'printf %s "$2"', shell: value })).toMatchObject({ ok: false, stdout: '' })
    expect(await run({ command: 'cat', stdin: value })).toMatchObject({ stdout: value })
    const there = await run({ cwd: `/nowhere/${value}`, command: 'echo run' })
    expect(there).toMatchObject({ ok: false, stdout: '' })
    expect(there.stderr).toContain(value)
    expect(localPorts()).toEqual([])
  })

  it.each(['A;touch CANARY', 'A=b', '', ' ', 'A B', '1A', 'A-B', '$(touch CANARY)', 'Ä'])(
    'has variables with names that are names: %j is none',
    async (name) => {
      for (const tool of ['ssh_exec', 'ssh_ensure_session']) {
        const result = await attempt(tool, { env: { [filled(name)]: 'x' } })
        expect(result, name).toMatchObject({ isError: true, error_type: 'validation_error' })
        expectHelpful(result)
      }
    },
  )

  it.each(['cwd', 'shell', 'command', 'env'])('holds no NUL in %s', async (name) => {
    const result = await attempt('ssh_exec', { [name]: name === 'env' ? { A: 'a\0b' } : 'a\0b' })
    expect(result).toMatchObject({ isError: true, error_type: 'validation_error' })
    expectHelpful(result)
  })
})

describeSessions('sessions with hostile words', () => {
  it.each(TEXTS)('keep them to the remote, and to their name: %j', async (text) => {
    const value = filled(text)
    const named = await attempt('ssh_ensure_session', { session_name: value, env: { X: value } })
    expect(named).toMatchObject({ running: true, session_name: value, wait_ended_by: 'prompt' })
    const answer = await client.write(named.session_id, `printf '<%s>\\n' "$X"\n`)
    expect(answer.output).toContain(`<${value}>`)
    await client.call('ssh_stop_session', { session_id: value })
    const none = await attempt('ssh_ensure_session', { session_name: 'no shell', cwd: '/', shell: value })
    expect(none.running).toBe(false)
    expect(localPorts()).toEqual([])
  })

  it.each(['', ' ', 'a\nb', 'a\x1bb', 'a\0', '\u202ea', 'a'.repeat(101)])(
    'have no name that cannot be shown: %j',
    async (session_name) => {
      const result = await attempt('ssh_ensure_session', { session_name })
      expect(result).toMatchObject({ isError: true, error_type: 'validation_error' })
      expectHelpful(result)
    },
  )

  it('have no escape character, though a pasted line looks like one', async () => {
    const { session_id } = await attempt('ssh_ensure_session', { session_name: 'tilde' })
    await client.write(session_id, '~.\n~?\n~C\n~#\n')
    const answer = await client.call('ssh_run', { session_id, command: 'echo alive' })
    expect(answer).toMatchObject({ running: true, output: 'alive\n', exit_code: 0 })
    await client.call('ssh_stop_session', { session_id })
  })
})

/** Harmless things to say of a connection. */
const HARMLESS: readonly string[][] = [
  ['-4'],
  ['-C'],
  ['-q'],
  ['-x'],
  ['-a'],
  ['-k'],
  ['-v'],
  ['-vv'],
  ['-vvv'],
  ['-4C'],
  ['-Cqxak'],
  ['-c', 'aes128-ctr'],
  ['-caes256-ctr'],
  ['-c', 'aes128-ctr,aes256-gcm@openssh.com'],
  ['-m', 'hmac-sha2-256'],
  ['-b', '127.0.0.1'],
  ['-b127.0.0.1'],
  ['-l', userInfo().username],
  ['-o', 'Ciphers=aes256-ctr'],
  ['-oCiphers=aes192-ctr'],
  ['-o Ciphers=aes128-ctr'],
  ['-o', 'ciphers aes256-ctr'],
  ['-o', 'CIPHERS\taes256-ctr'],
  ['-o', ' Ciphers = aes256-ctr '],
  ['-o', '"Ciphers" aes256-ctr'],
  ['-o', 'Ciphers="aes256-ctr"'],
  ['-o', 'Ciphers=+aes128-ctr'],
  ['-o', 'MACs=hmac-sha2-512'],
  ['-o', 'KexAlgorithms=curve25519-sha256'],
  ['-o', 'HostKeyAlgorithms=ssh-ed25519'],
  ['-o', 'PubkeyAcceptedAlgorithms=ssh-ed25519'],
  ['-o', 'PubkeyAcceptedKeyTypes=ssh-ed25519'],
  ['-o', 'PreferredAuthentications=publickey'],
  ['-o', 'PubkeyAuthentication=yes'],
  ['-o', 'PasswordAuthentication=no'],
  ['-o', 'KbdInteractiveAuthentication=no'],
  ['-o', 'GSSAPIAuthentication=no'],
  ['-o', 'IdentitiesOnly=yes'],
  ['-o', 'NumberOfPasswordPrompts=1'],
  ['-o', 'BatchMode=yes'],
  ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2'],
  ['-o', 'ServerAliveInterval 30'],
  ['-o', 'TCPKeepAlive=yes'],
  ['-o', 'ConnectTimeout=5'],
  ['-o', 'ConnectTimeout=1m'],
  ['-o', 'ConnectionAttempts=2'],
  ['-o', 'Compression=yes'],
  ['-o', 'compression=TRUE'],
  ['-o', 'LogLevel=DEBUG3'],
  ['-o', 'LogLevel=quiet'],
  ['-o', 'AddressFamily=inet'],
  ['-o', 'BindAddress=127.0.0.1'],
  ['-o', 'CheckHostIP=no'],
  ['-o', 'HashKnownHosts=yes'],
  ['-o', 'FingerprintHash=md5'],
  ['-o', 'IPQoS=lowdelay throughput'],
  ['-o', 'RekeyLimit=1G 1h'],
  ['-o', 'ExitOnForwardFailure=yes'],
  ['-o', 'StrictHostKeyChecking=yes'],
  ['-o', 'StrictHostKeyChecking=accept-new'],
  ['-o', 'UpdateHostKeys=no'],
  ['-o', 'ClearAllForwardings=yes'],
  ['-o', 'ForwardAgent=no'],
  ['-o', 'ForwardX11=no'],
  ['-o', 'PermitLocalCommand=no'],
  ['-o', 'ProxyCommand=none'],
  ['-o', 'ProxyJump=none'],
  ['-o', 'ControlMaster=no', '-o', 'ControlPath=none', '-o', 'ControlPersist=no'],
  ['-o', 'EscapeChar=none'],
  ['-o', 'Tunnel=no'],
  ['-o', 'VisualHostKey=no'],
  [],
]

describe('harmless calls', () => {
  const works = async (args: Facts): Promise<Facts> => {
    const result = await attempt('ssh_exec', { command: 'echo "$SSH_CONNECTION"', ...args })
    expect(result, JSON.stringify([args, result.message])).toMatchObject({
      ok: true,
      exit_code: 0,
      stderr: '',
    })
    return result
  }

  it('work with every option that is allowed', async () => {
    for (let at = 0; at < HARMLESS.length; at += 8)
      await Promise.all(HARMLESS.slice(at, at + 8).map((extra_ssh_args) => works({ extra_ssh_args })))
    const { count } = await client.call('ssh_disconnect', { target: sshd.connection.target })
    expect(count).toBeGreaterThan(HARMLESS.length / 2)
  })

  it.runIf(process.getuid?.() === 0)('work over an interface by its name', async () => {
    await works({ extra_ssh_args: ['-B', 'lo'] })
    await works({ extra_ssh_args: ['-o', 'BindInterface=lo'] })
  })

  it('go where the target says, in all of its spellings', async () => {
    const { username } = userInfo()
    const known_hosts_file = join(sshd.directory, 'known_hosts_spellings')
    const more = { known_hosts_file, strict_host_key_checking: 'accept-new' }
    const four = ['127.0.0.1', 'localhost', `${username}@localhost`, 'LOCALHOST', '127.1', '2130706433']
    for (const target of four) await works({ ...more, target })
    for (const target of ['::1', '[::1]', `${username}@::1`, `${username}@[::1]`, '0:0:0:0:0:0:0:1'])
      expect((await works({ ...more, target })).stdout).toMatch(/^::1 /)
    expect((await works({ ...more, target: '::1', extra_ssh_args: ['-6'] })).stdout).toMatch(/^::1 /)
    const urls = [
      'ssh://127.0.0.1:PORT',
      `ssh://${username}@127.0.0.1:PORT`,
      'ssh://[::1]:PORT/',
      'SSH://localhost:PORT',
    ]
    for (const target of urls)
      await works({ ...more, port: undefined, target: target.replace('PORT', String(sshd.port)) })
    for (const given of [sshd.port, String(sshd.port)]) await works({ port: given })
    await works({ port: undefined, extra_ssh_args: ['-p', String(sshd.port)] })
    await works({ port: undefined, extra_ssh_args: ['-o', `Port=${sshd.port}`] })
    await works({ target: '127.0.0.1', user: username })
    await works({ target: undefined, host: sshd.connection.target })
  })

  it('go by way of another server', async () => {
    const jump = await startSshd()
    onTestFinished(() => jump.stop())
    const keys = [jump, sshd].map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'))
    const known = [...keys, ...keys.map((line) => line.replace('127.0.0.1', 'localhost'))].join('')
    const known_hosts_file = join(sshd.directory, 'known_hosts_both')
    writeFileSync(known_hosts_file, known)
    const config = `Host *\n  IdentityFile ${jump.identityFile}\n  IdentityFile ${sshd.identityFile}\n  UserKnownHostsFile ${known_hosts_file}\n`
    const caller = await place.client({ SSH_MCP_SSH_BIN: sshWithConfig(sshd.directory, config) })
    const hop = `127.0.0.1:${jump.port}`
    for (const extra_ssh_args of [
      ['-J', hop],
      [`-J${hop}`],
      ['-J', `${userInfo().username}@${hop}`],
      ['-o', `ProxyJump=${hop}`],
      ['-o', `proxyjump ssh://${hop}`],
      ['-J', `${hop},localhost:${sshd.port}`],
    ]) {
      const args = { ...sshd.connection, known_hosts_file, extra_ssh_args, command: 'echo through' }
      expect(await caller.call('ssh_exec', args), extra_ssh_args.join(' ')).toMatchObject({
        stdout: 'through\n',
      })
      await caller.call('ssh_disconnect', { target: sshd.connection.target })
    }
  })
})

describe.skipIf(inject('noPty') !== '')("a person's own configuration", () => {
  let ports: number[]
  let caller: TestClient
  let own: Workplace

  beforeAll(async () => {
    ports = await Promise.all([unusedPort(), unusedPort(), unusedPort()])
    own = new Workplace({ ...MARKED, SSH_MCP_TOOLSETS: 'all', DISPLAY: '127.0.0.1:99' })
    const xauth = join(own.directory, 'xauth')
    writeFileSync(xauth, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
    const config = `
Host 127.0.0.1
  LocalForward 127.0.0.1:${ports[0]} 127.0.0.1:${sshd.port}
  DynamicForward 127.0.0.1:${ports[1]}
  RemoteForward 127.0.0.1:${ports[2]} 127.0.0.1:${sshd.port}
  ExitOnForwardFailure yes
  RemoteCommand echo not asked for
  RequestTTY force
  PermitLocalCommand yes
  LocalCommand touch ${canary}
  ControlMaster auto
  ControlPath ${join(own.directory, 'theirs-%C')}
  ControlPersist 600
  EscapeChar ~
  EnableEscapeCommandline yes
  ForwardX11 yes
  XAuthLocation ${xauth}
  Tunnel yes
  ForkAfterAuthentication yes
  StdinNull yes
  UpdateHostKeys ask
`
    caller = await own.client({ SSH_MCP_SSH_BIN: sshWithConfig(own.directory, config) })
  })
  afterAll(() => own?.close())

  it('breaks no command, opens no port and runs nothing on this side', async () => {
    for (const more of [{}, { tty: true }, { stdin: 'in' }]) {
      const result = await caller.call('ssh_exec', { ...sshd.connection, command: 'echo out; cat', ...more })
      expect(result).toMatchObject({ ok: true, exit_code: 0 })
      expect(result.stdout).toMatch(/^out/)
    }
    expect(await caller.call('ssh_connect', sshd.connection)).toMatchObject({
      owner: 'ssh-mcp',
      authenticated: true,
    })
    expect(localPorts()).toEqual([])
  })

  it('breaks no session: no escape character, no port, nothing run on this side', async () => {
    const { session_id, ...facts } = await caller.ensure({ ...sshd.connection, session_name: 'theirs' })
    expect(facts).toMatchObject({ running: true, wait_ended_by: 'prompt', output: PROMPT })
    await caller.write(session_id, `~C!touch ${canary}\n~.\n~&\n`)
    // Each of those lines has a prompt of its own behind it, so that a prompt alone says nothing.
    const answer = await caller.write(session_id, 'echo "here $DISPLAY."\n', { pattern: '^here \\.' })
    expect(answer.output).toMatch(/^here \.$/m)
    expect(localPorts()).toEqual([])
    await caller.call('ssh_stop_session', { session_id })
  })

  // With SessionType none in the configuration ssh asks for no shell, and the session has nothing in it.
  it('breaks no session by asking for none', async () => {
    const SSH_MCP_SSH_BIN = sshWithConfig(own.directory, 'Host *\n  SessionType none\n')
    const other = await own.client({ SSH_MCP_SSH_BIN })
    const facts = await other.ensure({ ...sshd.connection, session_name: 'none', wait_seconds: 3 })
    await other.call('ssh_stop_session', { session_id: facts.session_id })
    expect(facts).toMatchObject({ running: true, wait_ended_by: 'prompt', output: PROMPT })
  })

  it('leaves no process and no socket once everything is closed', async () => {
    const at = own.directory
    expect(readdirSync(at).filter((name) => name.startsWith('theirs'))).toEqual([])
    await caller.call('ssh_disconnect', { target: sshd.connection.target })
    expect(localProcesses().filter(({ args }) => args.includes(at))).toEqual([])
    own.run('shutdown')
    await eventually(
      'all of them have gone',
      () => !localProcesses().some(({ args }) => args.includes(own.state)),
    )
  })
})
