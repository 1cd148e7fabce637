import { describe, expect, it } from 'vitest'
import { parseResolved } from '../../../src/ssh/resolved.js'

describe('parseResolved', () => {
  it.each([
    ['a plain host', 'host h\nuser me\nhostname h\nport 22\n', { user: 'me', port: '22', hops: '' }],
    ['a jump host', 'user me\nport 22\nproxyjump bastion\n', { user: 'me', port: '22', hops: 'bastion' }],
    [
      'a proxy command, whose value has blanks',
      'user me\nport 2200\nproxycommand nc -x p %h %p\n',
      { user: 'me', port: '2200', hops: 'nc -x p %h %p' },
    ],
    ['no proxy, said so', 'user me\nport 22\nproxycommand none\n', { user: 'me', port: '22', hops: '' }],
    ['no jump, said so', 'user me\nport 22\nproxyjump none\n', { user: 'me', port: '22', hops: '' }],
    ['a user with a blank', 'user first last\nport 22\n', { user: 'first last', port: '22', hops: '' }],
    ['nothing', '', { user: '', port: '', hops: '' }],
    ['lines without a value', 'user\nport\n', { user: '', port: '', hops: '' }],
  ])('reads %s', (_, output, resolved) => {
    expect(parseResolved(output)).toEqual(resolved)
  })
})
