/** One option as ssh takes it after -o, in the spelling of ssh_config(5). */
export type SshOption = readonly [keyword: string, value: string]

/** What is allowed of a keyword. */
export interface OptionRule {
  name: string
  /** The value in the form that is handed on, or null where it is not allowed. */
  read: (value: string) => string | null
  /** The allowed values in words; '' where a pattern decides. */
  allowed: string
}

type Values = Omit<OptionRule, 'name'>

const oneOf = (...values: string[]): Values => {
  const known = new Map(values.map((value) => [value.toLowerCase(), value]))
  const plain = (value: string): string => (value === 'true' ? 'yes' : value === 'false' ? 'no' : value)
  return { read: (value) => known.get(plain(value.toLowerCase())) ?? null, allowed: values.join(', ') }
}

const matching = (pattern: RegExp): Values => ({
  read: (value) => (pattern.test(value) ? value : null),
  allowed: '',
})

/** Values of two words may be set apart by any number of blanks. */
const words = (pattern: RegExp): Values => {
  const { read } = matching(pattern)
  return { read: (value) => read(value.split(/[ \t]+/).join(' ')), allowed: '' }
}

const PORT = /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/
/** The user names of targets but for backslash, # and %, which ssh would read itself in an option's value. */
const USER = /^[A-Za-z0-9_.+:/@][A-Za-z0-9_.+=:/@-]*$/
const HOP = /^(ssh:\/\/)?(?:([A-Za-z0-9_.+][A-Za-z0-9_.+-]*)@)?(\[[^[\]]*\]|[^:/@[\]]*)(?::(\d+))?(\/?)$/
/** A list to take, or one to add (+), to take away (-) or to prefer (^). */
const ALGORITHMS = /^[+^-]?[A-Za-z0-9@._*?-]+(?:,[A-Za-z0-9@._*?-]+)*$/
const METHODS = /^[a-z][a-z-]*(?:,[a-z][a-z-]*)*$/
const TIME = /^(?:none|\d{1,9}|(?:\d{1,6}[smhdw]){1,5})$/i
const REKEY = /^(?:default|\d{1,9}[KMG]?)(?: (?:none|\d{1,9}|(?:\d{1,6}[smhdw]){1,5}))?$/i
const QOS_WORD = 'af[1-4][1-3]|cs[0-7]|ef|le|lowdelay|throughput|reliability|none|\\d{1,3}|0x[0-9a-f]{1,2}'
const QOS = new RegExp(`^(?:${QOS_WORD})(?: (?:${QOS_WORD}))?$`, 'i')

const isIPv6 = (text: string): boolean =>
  /^[0-9A-Fa-f:.]{2,45}$/.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`)

const address: Values = {
  read: (value) => (IPV4.test(value) || isIPv6(value) ? value : null),
  allowed: 'an IP address',
}

/** Each hop taken apart, checked and put together again: older versions of ssh hand it to a shell. */
const hops: Values = {
  read: (value) => {
    if (value.toLowerCase() === 'none') return 'none'
    const read = value.split(',').map(hop)
    return read.includes(null) ? null : read.join(',')
  },
  allowed: '[user@]host[:port] or ssh://[user@]host[:port], more of them after commas, or none',
}

function hop(text: string): string | null {
  const [, scheme, user, host = '', port, slash] = HOP.exec(text) ?? []
  if (!HOST.test(host) && !(host.startsWith('[') && isIPv6(host.slice(1, -1)))) return null
  if ((port !== undefined && !PORT.test(port)) || (slash && !scheme)) return null
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`
}

const ALLOWED: readonly (readonly [Values, string])[] = [
  [
    oneOf('yes', 'no'),
    'BatchMode CheckHostIP Compression ExitOnForwardFailure GSSAPIAuthentication HashKnownHosts ' +
      'IdentitiesOnly KbdInteractiveAuthentication PasswordAuthentication TCPKeepAlive',
  ],
  [
    oneOf('no'),
    'ControlMaster ControlPersist ForwardAgent ForwardX11 ForwardX11Trusted GatewayPorts ' +
      'GSSAPIDelegateCredentials PermitLocalCommand Tunnel VerifyHostKeyDNS VisualHostKey',
  ],
  [oneOf('yes'), 'ClearAllForwardings'],
  [oneOf('none'), 'ControlPath EscapeChar ProxyCommand'],
  [oneOf('no', 'ask'), 'UpdateHostKeys'],
  [oneOf('yes', 'ask', 'accept-new'), 'StrictHostKeyChecking'],
  [oneOf('any', 'inet', 'inet6'), 'AddressFamily'],
  [oneOf('md5', 'sha256'), 'FingerprintHash'],
  [oneOf('yes', 'no', 'unbound', 'host-bound'), 'PubkeyAuthentication'],
  [oneOf('QUIET', 'FATAL', 'ERROR', 'INFO', 'VERBOSE', 'DEBUG', 'DEBUG1', 'DEBUG2', 'DEBUG3'), 'LogLevel'],
  [
    matching(ALGORITHMS),
    'CASignatureAlgorithms Ciphers HostKeyAlgorithms KexAlgorithms MACs PubkeyAcceptedAlgorithms',
  ],
  [matching(METHODS), 'PreferredAuthentications'],
  [matching(TIME), 'ConnectTimeout ServerAliveInterval'],
  [matching(/^\d{1,6}$/), 'NumberOfPasswordPrompts ServerAliveCountMax'],
  [matching(/^[1-9]\d{0,2}$/), 'ConnectionAttempts'],
  [matching(/^[1-9]\d{3,4}$/), 'RequiredRSASize'],
  [words(REKEY), 'RekeyLimit'],
  [words(QOS), 'IPQoS'],
  [address, 'BindAddress'],
  [matching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/), 'BindInterface'],
  [matching(PORT), 'Port'],
  [matching(USER), 'User'],
  [hops, 'ProxyJump'],
]

const RULES = new Map(
  ALLOWED.flatMap(([values, names]) =>
    names.split(' ').map((name): [string, OptionRule] => [name.toLowerCase(), { name, ...values }]),
  ),
)

/** Names that keywords had before. */
const RENAMED = new Map([['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms']])

/** The rule of a keyword in any case, or undefined where nothing of it is allowed. */
export function optionRule(keyword: string): OptionRule | undefined {
  const key = keyword.toLowerCase()
  return RULES.get(RENAMED.get(key) ?? key)
}
