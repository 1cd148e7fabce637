import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configBlocks, hostLine, namedHosts } from '../../../src/ssh/config-hosts.js'
import { configLines } from '../../../src/ssh/config-words.js'

const aliases = (text: string): string[] =>
  configBlocks(text).flatMap((block) => namedHosts(block).map(({ alias }) => alias))

describe('configLines', () => {
  it.each([
    ['Host web', 'host', ['web']],
    ['  \tHOST\tweb  db ', 'host', ['web', 'db']],
    ['Host=web', 'host', ['web']],
    ['"Host" web', 'host', ['web']],
    ['Host = web db', 'host', ['web', 'db']],
    ['Host web\r', 'host', ['web']],
    ['Host "a b" c', 'host', ['a b', 'c']],
    ["Host 'a b'c", 'host', ['a bc']],
    ['Host "a\\"b"', 'host', ['a"b']],
    ['Host a\\ b', 'host', ['a b']],
    ['Host a\\b', 'host', ['a\\b']],
    ['Host web # the first', 'host', ['web']],
    ['Host web#1', 'host', ['web#1']],
    ['Include ~/x/*.conf "/y z"', 'include', ['~/x/*.conf', '/y z']],
  ])('reads %j', (line, keyword, values) => {
    expect(configLines(line)).toEqual([{ keyword, values }])
  })

  it.each([['# Host web'], ['  #Host web'], ['Host'], ['Host '], ['Host "web'], ['Host # none'], ['']])(
    'reads nothing in %j',
    (line) => {
      expect(configLines(line)).toEqual([])
    },
  )

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Host =\'"\\#\n\t*!a') }), (text) => {
        for (const block of configBlocks(text)) namedHosts(block)
      }),
    )
  })
})

describe('namedHosts', () => {
  it('are names, and neither patterns nor what is denied', () => {
    expect(aliases('Host web *.example.com !bad db?\nHost db\nHost *\n')).toEqual(['web', 'db'])
    expect(aliases('Host web !web app !a*\n')).toEqual([])
    expect(aliases('Host web\nMatch host x\n  HostName y\nHost db\n')).toEqual(['web', 'db'])
  })

  it('have the host name of their own block, the first of two', () => {
    const text =
      'HostName none\nHost web db\n HostName %h.example.com\n HostName second\nHost app\n Hostname 100%%\nHost x\n'
    expect(configBlocks(text).flatMap(namedHosts)).toEqual([
      { alias: 'web', hostName: 'web.example.com' },
      { alias: 'db', hostName: 'db.example.com' },
      { alias: 'app', hostName: '100%' },
      { alias: 'x', hostName: null },
    ])
  })

  it('know which hosts an included file is for', () => {
    const [, block] = configBlocks('Host work* !workshop\n  Include work.conf more.conf\n  Include third\n')
    expect(block).toMatchObject({ includes: ['work.conf', 'more.conf', 'third'] })
    const patterns = block?.patterns as string[]
    expect(['work1', 'workshop', 'home'].map(hostLine(patterns))).toEqual([true, false, false])
  })
})
