import { describe, expect, it } from 'vitest'
import { exitReason, type SessionExit } from '../../../src/ssh/exit-reason.js'

const exit = (more: Partial<SessionExit>): SessionExit => ({
  code: null,
  signal: null,
  stop: null,
  tail: '',
  ...more,
})

/** What ssh prints before it exits with 255. */
const LAST_WORDS: [string, string][] = [
  ['ssh: connect to host h port 22: Connection refused\r\n', 'connection-refused'],
  ['ssh: connect to address 192.0.2.1 port 22: Connection refused\r\n', 'connection-refused'],
  ['ssh: Could not resolve hostname h: Name or service not known\r\n', 'name-not-resolved'],
  ['me@h: Permission denied (publickey,password).\r\n', 'auth-failed'],
  ['Received disconnect from h port 22:2: Too many authentication failures\r\n', 'auth-failed'],
  [
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.\r\n',
    'host-key-changed',
  ],
  ['Host key verification failed.\r\n', 'host-key-unknown'],
  [
    'No ED25519 host key is known for h and you have requested strict checking.\r\nHost key verification failed.\r\n',
    'host-key-unknown',
  ],
  ['client_loop: send disconnect: Broken pipe\r\n', 'connection-lost'],
  ['Connection to h closed by remote host.\r\nConnection to h closed.\r\n', 'connection-lost'],
  ['Timeout, server h not responding.\r\nConnection to h closed.\r\n', 'connection-lost'],
  ['Read from remote host h: Connection reset by peer\r\nConnection to h closed.\r\n', 'connection-lost'],
  ['Connection reset by 192.0.2.1 port 22\r\n', 'connection-lost'],
  ['$ exit 255\r\nlogout\r\nConnection to h closed.\r\n', 'exit-255'],
  ['$ exit 255\r\nShared connection to h closed.\r\n', 'exit-255'],
  [
    `@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\n${'and so on\r\n'.repeat(14)}Host key verification failed.\r\n`,
    'host-key-changed',
  ],
  ['Bad configuration option: foo\r\n', 'ssh-error'],
  ['', 'ssh-error'],
]

describe('exitReason', () => {
  it.each<[string, Partial<SessionExit>, string]>([
    ['an exit with 0', { code: 0 }, 'clean-exit'],
    ['an exit with another code', { code: 3 }, 'exit-3'],
    ['a polite stop', { code: 255, stop: 'polite', tail: 'Connection reset by h\r\n' }, 'stopped'],
    ['a polite stop that ended with 0', { code: 0, stop: 'polite' }, 'stopped'],
    ['a stop by force', { signal: 'SIGKILL', stop: 'forced' }, 'killed'],
    ['a kill from elsewhere', { signal: 'SIGKILL' }, 'killed'],
    ['another signal', { signal: 'SIGTERM' }, 'signal-TERM'],
    ['a signal without a name', { signal: 'SIG64' }, 'signal-64'],
  ])('%s', (_, more, reason) => {
    expect(exitReason(exit(more))).toBe(reason)
  })

  it.each(LAST_WORDS)('%j', (tail, reason) => {
    expect(exitReason(exit({ code: 255, tail }))).toBe(reason)
    expect(exitReason(exit({ code: 255, tail: `much\r\noutput\r\nbefore\r\n${tail}` }))).toBe(reason)
    expect(exitReason(exit({ code: 255, tail: tail.replaceAll('\r\n', '\n') }))).toBe(reason)
  })

  it('looks at the last lines only: older output may quote ssh', () => {
    const tail = `Permission denied (publickey).\r\n${'line\r\n'.repeat(30)}`
    expect(exitReason(exit({ code: 255, tail }))).toBe('ssh-error')
  })

  it('reads words that a program has coloured', () => {
    expect(exitReason(exit({ code: 255, tail: '\x1b[31mHost key verification failed.\x1b[0m\r\n' }))).toBe(
      'host-key-unknown',
    )
  })

  it('only words of ssh count with 255: other codes are the remote shell’s', () => {
    expect(exitReason(exit({ code: 1, tail: 'Permission denied (publickey).\r\n' }))).toBe('exit-1')
  })
})
