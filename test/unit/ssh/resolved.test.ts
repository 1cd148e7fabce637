import { describe, expect, it } from 'vitest'
import { parseResolved, type Resolved } from '../../../src/ssh/resolved.js'

const NOTHING: Omit<Resolved, 'text'> = {
  user: '',
  host: '',
  port: '',
  hops: '',
  proxyJump: '',
  proxyCommand: '',
  controlPath: '',
  knownHosts: [],
  forwardAgent: false,
  sendEnv: [],
  setEnv: [],
}

describe('parseResolved', () => {
  it.each<[string, string, Partial<Resolved>]>([
    [
      'a plain host',
      'host h\nuser me\nhostname h.example\nport 22\n',
      { user: 'me', host: 'h.example', port: '22' },
    ],
    ['a jump host', 'proxyjump me@bastion:2222\n', { hops: 'me@bastion:2222', proxyJump: 'me@bastion:2222' }],
    ['two of them', 'proxyjump a,b\n', { hops: 'a,b', proxyJump: 'a,b' }],
    [
      'a proxy command, whose value has blanks',
      'port 2200\nproxycommand nc -x p %h %p\n',
      { port: '2200', hops: 'nc -x p %h %p', proxyCommand: 'nc -x p %h %p' },
    ],
    ['no proxy, said so', 'proxycommand none\n', {}],
    ['no jump, said so', 'proxyjump none\n', {}],
    ['a user with a blank', 'user first last\n', { user: 'first last' }],
    ['a control socket', 'controlpath /home/me/a b\n', { controlPath: '/home/me/a b' }],
    ['no control socket, said so', 'controlpath none\n', {}],
    ['no agent forwarding', 'forwardagent no\n', {}],
    ['agent forwarding', 'forwardagent yes\n', { forwardAgent: true }],
    ['the forwarding of another agent', 'forwardagent /run/agent\n', { forwardAgent: true }],
    [
      'variables that are sent along',
      'sendenv LANG\nsendenv LC_*\nsendenv A B\n',
      { sendEnv: ['LANG', 'LC_*', 'A', 'B'] },
    ],
    [
      'variables that are set',
      'setenv A=one two\nsetenv B=x=y\nsetenv C=\n',
      {
        setEnv: [
          ['A', 'one two'],
          ['B', 'x=y'],
          ['C', ''],
        ],
      },
    ],
    ['of a value given twice the first', 'user one\nuser two\n', { user: 'one' }],
    ['no longer keyword that begins alike', 'userknownhostsfileX /k\nhostnameX h\nportal 1\n', {}],
    ['files of host keys', 'userknownhostsfile /k /l ~/m\n', { knownHosts: ['/k', '/l'] }],
    ['nothing', '', {}],
    ['lines without a value', 'user\nport\n', {}],
  ])('reads %s', (_, output, resolved) => {
    expect(parseResolved(output)).toMatchObject({ ...NOTHING, ...resolved })
  })

  it('keeps all of it but the name that was typed', () => {
    const { text } = parseResolved('host typed\nuser me\nhostname h\nhostkeyalias typed\n')
    expect(text).toBe('user me\nhostname h\nhostkeyalias typed')
    expect(parseResolved('host other\nuser me\nhostname h\nhostkeyalias typed\n').text).toBe(text)
    expect(parseResolved('host typed\nuser me\nhostname i\nhostkeyalias typed\n').text).not.toBe(text)
  })
})
