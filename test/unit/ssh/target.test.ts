import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { parseTarget } from '../../../src/ssh/target.js'

const GOOD: [string, string, string | null, number | null][] = [
  ['prod-web01', 'prod-web01', null, null],
  ['my_alias', 'my_alias', null, null],
  ['host.example.com', 'host.example.com', null, null],
  ['HOST', 'HOST', null, null],
  ['192.0.2.1', '192.0.2.1', null, null],
  ['deploy@host', 'host', 'deploy', null],
  ['user@bastion@host', 'host', 'user@bastion', null],
  ['DOMAIN\\user@host', 'host', 'DOMAIN\\user', null],
  ['a.b+c=d@host', 'host', 'a.b+c=d', null],
  ['::1', '::1', null, null],
  ['[::1]', '::1', null, null],
  ['root@::1', '::1', 'root', null],
  ['fe80::1%eth0', 'fe80::1%eth0', null, null],
  ['ssh://host', 'host', null, null],
  ['ssh://host/', 'host', null, null],
  ['SSH://host', 'host', null, null],
  ['ssh://host:22', 'host', null, 22],
  ['ssh://user@host:65535', 'host', 'user', 65_535],
  ['ssh://[2001:db8::1]:2222', '2001:db8::1', null, 2222],
  ['ssh://user@[::1]', '::1', 'user', null],
]

const BAD: [string, string][] = [
  ['an option', '-oProxyCommand=id'],
  ['an option after the user', 'user@-oProxyCommand=id'],
  ['an option as the user', '-lroot@host'],
  ['an option in a URL', 'ssh://-oProxyCommand=id'],
  ['an option in brackets', '[-oProxyCommand=id]'],
  ['nothing', ''],
  ['a user only', 'user@'],
  ['an empty user', '@host'],
  ['a blank', 'a b'],
  ['a line break', 'host\n'],
  ['a line break and an option', 'host\n-oProxyCommand=id'],
  ['a NUL', 'host\0'],
  ['a semicolon', 'host;id'],
  ['a backquote', 'host`id`'],
  ['a substitution', '$(id)'],
  ['a substitution in the user', '$(id)@host'],
  ['a backquote in the user', '`id`@host'],
  ['a quote in the user', "a'b@host"],
  ['a user that ends with a backslash', 'a\\@host'],
  ['a pipe', 'host|id'],
  ['a redirection', 'host>file'],
  ['a percent expansion', '%h'],
  ['a bare port', 'host:22'],
  ['a path', 'ssh://host/path'],
  ['another scheme', 'http://host'],
  ['a port of nothing', 'ssh://host:'],
  ['port 0', 'ssh://host:0'],
  ['a port that is too large', 'ssh://host:65536'],
  ['a port of six digits', 'ssh://host:123456'],
  ['a port that is no number', 'ssh://host:22x'],
  ['half of a bracket', 'ssh://[::1'],
  ['no IPv6 address', '1::2::3'],
  ['a zone with a substitution', 'fe80::1%$(id)'],
  ['letters beyond ASCII', 'höst'],
  ['a full-width hyphen', '－oProxyCommand=id'],
]

describe('parseTarget', () => {
  it.each(GOOD)('%s', (typed, host, user, port) => {
    expect(parseTarget(typed)).toEqual({ typed, host, user, port })
  })

  it.each(BAD)('refuses %s', (_, typed) => {
    expect(() => parseTarget(typed)).toThrow(ToolError)
  })

  it('does not repeat a long target in full', () => {
    expect(() => parseTarget(' '.repeat(10_000))).toThrow(/^.{1,500}$/s)
  })
})
