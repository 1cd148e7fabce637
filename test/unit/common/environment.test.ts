import { describe, expect, it } from 'vitest'
import { childEnvironment, clientEnvironment, daemonEnvironment } from '../../../src/common/environment.js'

const NEEDED = {
  HOME: '/home/me',
  PATH: '/bin',
  USER: 'me',
  LOGNAME: 'me',
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  LC_CTYPE: 'C',
  TZ: 'UTC',
}
const OF_A_CLIENT = {
  SSH_AUTH_SOCK: '/agent',
  SSH_AGENT_PID: '1',
  XDG_RUNTIME_DIR: '/run',
  KRB5CCNAME: 'x',
  DISPLAY: ':0',
  WAYLAND_DISPLAY: 'w',
  TMUX_TMPDIR: '/t',
}
const SETTINGS = {
  SSH_MCP_STATE_DIR: '/s',
  SSH_MCP_STRUCTURED: '1',
  SSH_MCP_SSH_BIN: '/ssh',
  SSH_MCP_ALLOWED_HOSTS: 'a',
  SSH_ALLOWED_HOSTS: 'a',
  SSH_MCP_TOOLSETS: 'all',
  SSH_DEFAULT_HOST: 'h',
  SSH_DEFAULT_USER: 'u',
  SSH_DEFAULT_PORT: '2222',
  SSH_DEFAULT_TIMEOUT_SEC: '1',
  SSH_CONNECT_TIMEOUT_SEC: '1',
  SSH_MAX_OUTPUT_CHARS: '1',
  XDG_STATE_HOME: '/x',
}
const SECRETS = { SSH_DEFAULT_PASSWORD: 'p', SSH_MCP_HTTP_TOKEN: 't' }
/** What makes programs run or load something else, or belongs to the host application. */
const NEVER = {
  LD_PRELOAD: '/evil.so',
  LD_LIBRARY_PATH: '/evil',
  DYLD_INSERT_LIBRARIES: '/evil',
  SSH_ASKPASS: '/evil',
  SSH_ASKPASS_REQUIRE: 'force',
  SSH_SK_PROVIDER: '/evil.so',
  NODE_OPTIONS: '--require /evil.js',
  NODE_PATH: '/evil',
  BASH_ENV: '/evil',
  ENV: '/evil',
  IFS: 'x',
  PS4: '$(id)',
  SHELLOPTS: 'xtrace',
  TMUX: '/tmp/tmux',
  AWS_SECRET_ACCESS_KEY: 's',
  ANTHROPIC_API_KEY: 's',
  GITHUB_TOKEN: 's',
  PATH_EXTRA: 'x',
  XLC_ALL: 'x',
  LC_: 'x',
  LC_ALL_evil: 'x',
  'BASH_FUNC_ls%%': '() { id; }',
  SSH_ALLOWED_HOSTS_X: 'x',
  XSSH_DEFAULT_HOST: 'x',
  SSH_DEFAULT_: 'x',
}
const ALL = { ...NEEDED, ...OF_A_CLIENT, ...SETTINGS, ...SECRETS, ...NEVER, UNSET: undefined }

describe('childEnvironment', () => {
  it('holds what ssh needs and nothing else', () => {
    expect(childEnvironment(ALL)).toEqual({ ...NEEDED, ...OF_A_CLIENT })
  })
})

describe('clientEnvironment', () => {
  it('holds what the daemon must know of a client', () => {
    expect(clientEnvironment(ALL)).toMatchObject({ ...NEEDED, ...OF_A_CLIENT, ...SETTINGS })
  })

  it('holds the password, which the daemon gives to ssh when it asks', () => {
    expect(clientEnvironment(ALL).SSH_DEFAULT_PASSWORD).toBe('p')
  })

  it.each(Object.keys(NEVER))('leaves out %s', (name) => {
    expect(clientEnvironment(ALL)).not.toHaveProperty([name])
  })
})

describe('daemonEnvironment', () => {
  const forAll = ['SSH_MCP_STATE_DIR', 'XDG_STATE_HOME']
  const settings = Object.keys(SETTINGS).filter((name) => !forAll.includes(name))

  it.each([...Object.keys(NEVER), ...Object.keys(SECRETS), ...Object.keys(OF_A_CLIENT), ...settings])(
    'leaves out %s, which belongs to one client',
    (name) => {
      expect(daemonEnvironment(ALL)).not.toHaveProperty([name])
    },
  )

  it('keeps what holds for all clients', () => {
    expect(daemonEnvironment({ ...ALL, SSH_MCP_MAX_SESSIONS: '1', SSH_MCP_IDLE_EXIT_SECONDS: '2' })).toEqual({
      ...NEEDED,
      XDG_STATE_HOME: '/x',
      SSH_MCP_STATE_DIR: '/s',
      SSH_MCP_MAX_SESSIONS: '1',
      SSH_MCP_IDLE_EXIT_SECONDS: '2',
    })
  })
})

describe.each([
  ['childEnvironment', childEnvironment],
  ['daemonEnvironment', daemonEnvironment],
])('%s', (_, filter) => {
  it.each(['secret', '', ' ', "it's"])('has no part of the password %j', (password) => {
    const env = { PATH: '/bin', SSH_DEFAULT_PASSWORD: password }
    expect(filter(env)).toEqual({ PATH: '/bin' })
  })
})

describe.each([
  ['childEnvironment', childEnvironment],
  ['clientEnvironment', clientEnvironment],
  ['daemonEnvironment', daemonEnvironment],
])('%s', (_, filter) => {
  it('leaves out what is not set', () => {
    expect(filter({ HOME: undefined, PATH: '' })).toEqual({ PATH: '' })
  })
})
