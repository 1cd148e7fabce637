import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../../../src/common/errors.js'
import { allowsHost, type HostPolicy, parseHostPolicy, policyDenied } from '../../../src/ssh/host-policy.js'

const policy = (text: string): HostPolicy => parseHostPolicy(text) as HostPolicy

const ALLOWED: [string, string[]][] = [
  ['*', ['db.example.com']],
  ['db.example.com', ['db.example.com']],
  ['*.example.com', ['db.example.com']],
  ['DB.Example.com', ['db.EXAMPLE.com']],
  ['db?', ['db1']],
  [' a , b ,, c ', ['b']],
  ['prod', ['prod', '192.0.2.1']],
  ['192.0.2.*', ['prod', '192.0.2.1']],
  ['*,!evil', ['good']],
  ['!evil,*', ['good']],
  ['db.example.com', ['db.example.com.']],
  ['db.example.com.', ['db.example.com']],
  ['127.0.0.1', ['127.1']],
  ['127.1', ['127.0.0.1']],
  ['127.0.0.1', ['::ffff:7f00:1']],
  ['[::1]', ['0:0:0:0:0:0:0:1']],
  ['::1', ['[::1]']],
  ['2001:DB8::0:1', ['2001:db8::1']],
  ['2001:db8:*', ['2001:0db8:0::5']],
  ['fe80::1%eth0', ['fe80::1']],
  ['my_alias+x-1', ['my_alias+x-1']],
]

const REFUSED: [string, string[]][] = [
  ['db.example.com', ['web.example.com']],
  ['example.com', ['db.example.com']],
  ['*.example.com', ['example.com']],
  ['*.example.com', ['db.example.com.evil.org']],
  ['db?', ['db']],
  ['db?', ['db12']],
  ['a.c', ['abc']],
  ['!evil', ['good']],
  ['*,!evil', ['evil']],
  ['*,!evil', ['alias', 'EVIL.']],
  ['*,!evil*', ['evil.example.com']],
  ['prod,!192.0.2.*', ['prod', '192.0.2.1']],
  ['*', []],
  ['*', ['']],
  ['*,!evil-gw', ['%h-gw']],
  ['*,!evil', ['evil\0']],
  ['*,!evil', ['ｅvil']],
  ['*,!fe80::1', ['fe80::1%eth0']],
  ['*,!::1', ['0:0::1%1']],
  ['*,!::1', ['::']],
]

/** What resolvers take for the address of this machine. */
const LOOPBACK = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7F.1',
  '0177.0.0.1',
  '00000177.0.0.01',
  '127.0.0x0.0x1',
  '[127.0.0.1]',
  '::ffff:127.0.0.1',
  '::FFFF:7f00:1',
  '[::ffff:127.0.0.1]',
  '0:0:0:0:0:ffff:127.0.0.1',
  '::ffff:127.0.0.1%lo',
  '0',
  '0.0.0.0',
]

describe('allowsHost', () => {
  it.each(ALLOWED)('%s allows %j', (text, names) => {
    expect(allowsHost(policy(text), names)).toBe(true)
  })

  it.each(REFUSED)('%s does not allow %j', (text, names) => {
    expect(allowsHost(policy(text), names)).toBe(false)
  })

  it.each(LOOPBACK)('%s is no way around a pattern, and fits one', (name) => {
    expect(allowsHost(policy('*,!127.0.0.1'), [name])).toBe(false)
    expect(allowsHost(policy('*,!127.*'), ['alias', name])).toBe(false)
    expect(allowsHost(policy('127.0.0.1'), [name])).toBe(true)
    expect(allowsHost(policy(`*,!${name}`), ['127.0.0.1'])).toBe(false)
  })

  it.each(['127.0.0.2', '1.2.3.4.5', '127.0.0.1.example.com', '256.1', '08.1', '0x7f000001g'])(
    '%s is another host',
    (name) => expect(allowsHost(policy('*,!127.0.0.1'), [name])).toBe(true),
  )

  it.each([null, undefined])('%s allows everything', (none) => {
    expect(allowsHost(none, ['anything', '%h'])).toBe(true)
  })

  it('matches as a regular expression would', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '*', '?', '.'), { minLength: 1, maxLength: 8 })
    const name = fc.array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(part, name, (parts, letters) => {
        // The dot at an end is dropped, and tested above.
        const [glob, host] = [`${parts.join('')}b`, `${letters.join('')}b`]
        const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(allowsHost(policy(glob), [host])).toBe(new RegExp(`^${source}$`).test(host))
      }),
    )
  })

  it('takes no time for a pattern of many stars', () => {
    const before = performance.now()
    expect(allowsHost(policy(`${'*a'.repeat(200)}*b`), ['a'.repeat(2000)])).toBe(false)
    expect(performance.now() - before).toBeLessThan(500)
  })

  it('never throws, whatever the names', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => void allowsHost(policy('*,!x'), [name])))
    const address = fc.stringMatching(/^[0-9a-fx:.[\]%]{0,30}$/)
    fc.assert(fc.property(address, (name) => void allowsHost(policy('*,!x'), [name])))
  })
})

describe('parseHostPolicy', () => {
  it.each([undefined, '', '  ', '\t\n'])('%j sets nothing', (text) => {
    expect(parseHostPolicy(text)).toBeNull()
  })

  it.each([
    'user@host',
    'host:22',
    '10.0.0.1:22',
    '*:22',
    '[::1]:22',
    '10.0.0.0/8',
    'a b',
    'web[1-3]',
    '!',
    '!!a',
    'a;b',
    'höst',
    'fe80::*%eth0',
    'ssh://a',
    '%h',
    ',',
  ])('refuses %s', (text) => {
    expect(() => parseHostPolicy(text)).toThrow(/^SSH_MCP_ALLOWED_HOSTS /)
    expect(() => parseHostPolicy(text)).toThrow(expect.objectContaining({ type: 'validation_error' }))
  })
})

describe('policyDenied', () => {
  it('says what is refused, what is allowed and who can change it', () => {
    const error = policyDenied(policy('*.example.com, !db.example.com'), 'host evil.example.org')
    expect(error).toBeInstanceOf(ToolError)
    expect(error.type).toBe('policy_denied')
    expect(error.message).toBe(
      'This server may not reach host evil.example.org; allowed is what matches *.example.com,!db.example.com. ' +
        'Use such a host, or ask the person who runs this server to widen SSH_MCP_ALLOWED_HOSTS.',
    )
  })

  it('is short, whatever it is given', () => {
    const long = policy(Array.from({ length: 500 }, (_, i) => `host${i}`).join(','))
    expect(policyDenied(long, `a\x1b\u202e${'b'.repeat(5000)}`).message).toMatch(/^[ -~…]{1,800}$/)
  })
})
