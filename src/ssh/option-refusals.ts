import type { Refusal } from './refusal.js'

const PROGRAM = 'it can run programs on this computer'
const TUNNEL = 'it opens a tunnel through this computer'
const LENDS = 'it lends what is on this computer to the remote host'
const CONFIGURES = 'it reads or changes the configuration of ssh'
const HOST_KEYS = 'it weakens the check of host keys'
const FILES = 'it names files or sockets on this computer'
const FORWARD = 'the tool ssh_forward'
const OWN = 'the server decides it for each tool'

const BY_KEYWORD: readonly Refusal[] = [
  [PROGRAM, 'ProxyCommand ProxyUseFdpass', '-J host (ProxyJump)'],
  [
    PROGRAM,
    'LocalCommand PermitLocalCommand KnownHostsCommand XAuthLocation EnableEscapeCommandline EscapeChar',
  ],
  [PROGRAM, 'EnableSSHKeysign HostbasedAuthentication'],
  ['programs on this computer may be given its value', 'HostName', 'the parameter target'],
  ['it loads a library', 'PKCS11Provider SmartcardDevice SecurityKeyProvider'],
  [FILES, 'IdentityFile IdentityFile2', 'the parameter identity_file'],
  [
    FILES,
    'UserKnownHostsFile UserKnownHostsFile2 GlobalKnownHostsFile GlobalKnownHostsFile2',
    'the parameter known_hosts_file',
  ],
  [
    FILES,
    'CertificateFile RevokedHostKeys IdentityAgent ControlPath StreamLocalBindMask StreamLocalBindUnlink',
  ],
  [TUNNEL, 'LocalForward RemoteForward DynamicForward GatewayPorts PermitRemoteOpen', FORWARD],
  [TUNNEL, 'Tunnel TunnelDevice ClearAllForwardings'],
  [LENDS, 'ForwardAgent ForwardX11 ForwardX11Trusted ForwardX11Timeout AddKeysToAgent'],
  [LENDS, 'GSSAPIDelegateCredentials GSSAPIRenewalForcesRekey'],
  [CONFIGURES, 'Host', 'the parameter target'],
  [CONFIGURES, 'Match Include IgnoreUnknown CanonicalDomains CanonicalizeFallbackLocal CanonicalizeHostname'],
  [CONFIGURES, 'CanonicalizeMaxDots CanonicalizePermittedCNAMEs'],
  ['it sends variables to the remote host', 'SendEnv SetEnv', 'the parameter env'],
  [HOST_KEYS, 'StrictHostKeyChecking', 'the parameter strict_host_key_checking'],
  [
    HOST_KEYS,
    'NoHostAuthenticationForLocalhost HostKeyAlias VerifyHostKeyDNS UpdateHostKeys GSSAPIKeyExchange',
  ],
  [HOST_KEYS, 'GSSAPIKexAlgorithms GSSAPITrustDns GSSAPIServerIdentity GSSAPIClientIdentity'],
  [OWN, 'RequestTTY', 'the parameter tty'],
  [
    OWN,
    'ControlMaster ControlPersist ForkAfterAuthentication StdinNull SessionType RemoteCommand LogVerbose',
  ],
  [OWN, 'SyslogFacility VisualHostKey'],
  ['it goes by another name now', 'ChallengeResponseAuthentication', 'KbdInteractiveAuthentication'],
]

/** Why a keyword, in lower case, or a value of it that is not allowed, is refused. */
export const KEYWORD_REFUSALS = BY_KEYWORD.map(
  ([why, names, instead]): Refusal => [why, names.toLowerCase(), instead],
)

/** The same for flags. */
export const FLAG_REFUSALS: readonly Refusal[] = [
  [FILES, 'i', 'the parameter identity_file'],
  [FILES, 'E S'],
  [OWN, 't T', 'the parameter tty'],
  [OWN, 'N', FORWARD],
  [OWN, 'n s f M O G Q V y'],
  [PROGRAM, 'e'],
  [TUNNEL, 'L R D g', FORWARD],
  [TUNNEL, 'W', '-J host (ProxyJump)'],
  [TUNNEL, 'w'],
  [LENDS, 'A K X Y'],
  [CONFIGURES, 'F P'],
  ['it loads a library', 'I'],
  ['it must stand on its own, with its value', 'o p l J c m b B'],
  ['it is written -v, -vv or -vvv, without other letters', 'v'],
]
