import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/connection/resolve.js'
import { sentVariables } from '../../../src/connection/sent-variables.js'
import { parseResolved } from '../../../src/ssh/resolved.js'

const ENV = {
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  LC_TIME: 'C',
  L: 'x',
  PATH: '/bin',
  lang: 'small',
  'A.B': 'x',
}

const sent = (configuration: string): ReturnType<typeof sentVariables> =>
  sentVariables({
    ssh: { program: 'ssh', version: [9, 6], env: ENV },
    resolved: parseResolved(configuration),
  } as unknown as Connection)

const names = (configuration: string): string[] => sent(configuration).env.map(([name]) => name)

describe('sentVariables', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['sendenv LANG', ['LANG']],
    ['sendenv LANG LC_*', ['LANG', 'LC_ALL', 'LC_TIME']],
    ['sendenv LANG\nsendenv LC_*', ['LANG', 'LC_ALL', 'LC_TIME']],
    ['sendenv LC_*\nsendenv LC_ALL', ['LC_ALL', 'LC_TIME']],
    ['sendenv L*', ['LANG', 'LC_ALL', 'LC_TIME', 'L']],
    ['sendenv L?', []],
    ['sendenv L???', ['LANG']],
    ['sendenv ?', ['L']],
    ['sendenv *_*', ['LC_ALL', 'LC_TIME']],
    ['sendenv *L*A*L*', ['LC_ALL']],
    ['sendenv *', Object.keys(ENV)],
    ['sendenv A.B', ['A.B']],
    ['sendenv L.NG', []],
    ['sendenv NOT_SET', []],
    ['sendenv LAN', []],
    ['sendenv LANGUAGE', []],
    ['sendenv -LANG', []],
  ])('%j sends %j', (configuration, expected) => {
    expect(names(configuration)).toEqual(expected)
  })

  it('sends the values that ssh has', () => {
    expect(sent('sendenv LANG').env).toEqual([['LANG', 'de_DE.UTF-8']])
  })

  it('sends what is set, after what is sent along', () => {
    expect(sent('setenv A=one two\nsendenv LANG\nsetenv LANG=C').env).toEqual([
      ['LANG', 'de_DE.UTF-8'],
      ['A', 'one two'],
      ['LANG', 'C'],
    ])
  })

  it.each([
    ['no', false],
    ['yes', true],
    ['/run/agent', true],
  ])('forwards the agent where forwardagent is %s: %s', (value, expected) => {
    expect(sent(`forwardagent ${value}`).forwardAgent).toBe(expected)
  })

  it('takes no longer for patterns of many stars', () => {
    const start = performance.now()
    expect(names(`sendenv ${'*A'.repeat(40)}`)).toEqual([])
    expect(performance.now() - start).toBeLessThan(500)
  })
})
