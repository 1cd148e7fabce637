import { describe, expect, it } from 'vitest'
import { bindAddress, listenAddresses, overlap, place, remoteHost } from '../../../src/forward/addresses.js'

const type = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return (error as { type?: string }).type
  }
}

describe('bindAddress', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.255.255.254', '127.255.255.254'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['localhost', 'localhost'],
  ])('takes %s for loopback', (given, address) => {
    expect(bindAddress(given, false)).toBe(address)
  })

  it.each([
    ['', '*'],
    ['*', '*'],
    ['0.0.0.0', '0.0.0.0'],
    ['0', '0'],
    ['::', '::'],
    ['[::]', '::'],
    ['127.1', '127.1'],
    ['127.0.0.01', '127.0.0.01'],
    ['0177.0.0.1', '0177.0.0.1'],
    ['2130706433', '2130706433'],
    ['127.0.0.1.', '127.0.0.1.'],
    ['127.0.0.1.example.org', '127.0.0.1.example.org'],
    ['127.0.0.256', '127.0.0.256'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'],
    ['::1%lo', '::1%lo'],
    ['LOCALHOST', 'LOCALHOST'],
    ['localhost.', 'localhost.'],
    ['localhost.localdomain', 'localhost.localdomain'],
    ['10.0.0.1', '10.0.0.1'],
  ])('takes %j for others than loopback', (given, address) => {
    expect(type(() => bindAddress(given, false))).toBe('policy_denied')
    expect(bindAddress(given, true)).toBe(address)
  })

  it.each([
    ' ',
    '127.0.0.1 ',
    '127.0.0.1\n',
    '/tmp/x',
    '-g',
    'a/b',
    '[127.0.0.1]',
    '127.0.0.1:80',
    '**',
    'ü',
  ])('refuses %j', (given) => {
    for (const allowed of [false, true])
      expect(type(() => bindAddress(given, allowed))).toBe('validation_error')
  })
})

describe('remoteHost', () => {
  it.each([
    ['localhost', 'localhost'],
    ['db-1.example_net.org', 'db-1.example_net.org'],
    ['10.0.0.1', '10.0.0.1'],
    ['fd00::1', 'fd00::1'],
    ['[fd00::1]', 'fd00::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('takes %s', (given, host) => {
    expect(remoteHost(given)).toBe(host)
  })

  it.each([
    '',
    ' ',
    'a b',
    'a\tb',
    'a\0',
    '-a',
    '/run/x.sock',
    './x',
    '*',
    '[a]',
    '::1]',
    'a:80',
    '$(x)',
    'a'.repeat(255),
  ])('refuses %j', (given) => {
    expect(type(() => remoteHost(given))).toBe('validation_error')
  })
})

describe('overlap', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '::1', false],
    ['localhost', '::1', true],
    ['127.0.0.1', 'localhost', true],
    ['*', '10.0.0.1', true],
    ['10.0.0.1', '0.0.0.0', true],
    ['localhost', '10.0.0.1', false],
  ])('of %s and %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected)
    expect(overlap(other, one)).toBe(expected)
  })
})

it('writes an address with its port', () => {
  expect([place('127.0.0.1', 80), place('::1', 80), place('*', 80)]).toEqual([
    '127.0.0.1:80',
    '[::1]:80',
    '*:80',
  ])
})

describe('listenAddresses', () => {
  it.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['*', ['0.0.0.0', '::']],
    ['10.0.0.1', ['10.0.0.1']],
    ['fe80::1%eth0', ['fe80::1%eth0']],
    ['0', ['0.0.0.0']],
  ])('of %s', async (address, all) => {
    expect(await listenAddresses(address)).toEqual(all)
  })
})
