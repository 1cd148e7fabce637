import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callerOf } from '../../../src/connection/caller.js'
import { configAliases } from '../../../src/connection/config-aliases.js'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sm-'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

function file(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

const found = (env: Record<string, string> = {}): Promise<string[]> =>
  configAliases(callerOf({ HOME: home, ...env }, '/'), new AbortController().signal)

describe('configAliases', () => {
  it('are none where there is no configuration', async () => {
    expect(await found()).toEqual([])
  })

  it('stand in files that are included, by patterns, from the home and by their path', async () => {
    file('.ssh/config', `Host one\nInclude conf.d/*.conf ~/more\nInclude "${home}/a b"\nHost last\n`)
    file('.ssh/conf.d/20.conf', 'Host twenty\n')
    file('.ssh/conf.d/10.conf', 'Host ten\n')
    file('.ssh/conf.d/.hidden.conf', 'Host hidden\n')
    file('.ssh/conf.d/10.conf~', 'Host backup\n')
    file('more', 'Host more one\n')
    file('a b', 'Host quoted\n')
    // `Include` stands in the block of its host, so it is read for that one only, as ssh does.
    expect(await found()).toEqual(['one', 'last'])
    file('.ssh/config', `Include conf.d/*.conf ~/more\nInclude "${home}/a b"\nHost last\n`)
    expect(await found()).toEqual(['ten', 'twenty', 'more', 'one', 'quoted', 'last'])
  })

  it('are read in whatever a host pattern leads to, where that fits them', async () => {
    file('.ssh/config', 'Host work* !work2\n Include work\nMatch all\n Include all\n')
    file('.ssh/work', 'Host work1 work2 home\n')
    file('.ssh/all', 'Host any\n')
    expect(await found()).toEqual(['work1', 'any'])
  })

  it('are hosts that ssh finds there, and those it does not find are none', async () => {
    const forms = [
      'Host=web1',
      'host = web2 "web3"',
      "HOST 'web'4 web5#x # web6",
      'Host web7 !web7 web8',
      'Host web,9',
      '"Host" web10',
      '#Host web11',
    ]
    const text = forms.map((form) => `${form}\n  HostName found\n`).join('')
    const inner = 'Host web20 other\n  HostName found\n'
    file('inner', inner)
    const all = `${text}Host web2*\n  Include ${home}/inner\n`
    file('.ssh/config', all)
    const knows = (host: string): boolean =>
      /^hostname found$/m.test(
        execFileSync('ssh', ['-G', '-F', join(home, '.ssh/config'), '--', host], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      )
    const names = [...Array.from({ length: 20 }, (_, i) => `web${i + 1}`), 'other']
    expect(await found()).toEqual(names.filter(knows))
  })

  it('survive files that include themselves, and more of them than anybody has', async () => {
    file('.ssh/config', 'Include config other\nHost one\n')
    file('.ssh/other', 'Include config\nHost two\n')
    expect(await found()).toEqual(['two', 'one'])
    file('.ssh/config', 'Include d/*\n')
    for (let i = 100; i < 400; i++) file(`.ssh/d/${i}`, `Host h${i}\nInclude d/*\n`)
    expect((await found()).length).toBeLessThan(300)
  })

  it('are not looked for deeper than ssh does', async () => {
    for (let i = 0; i < 20; i++) file(`.ssh/c${i}`, `Host h${i}\nMatch all\nInclude c${i + 1}\n`)
    file('.ssh/config', 'Include c1\n')
    expect(await found()).toHaveLength(16)
  })

  it('are not waited for in what is no regular file', async () => {
    file('.ssh/config', 'Include pipe dir loop /dev/zero\nInclude none/*/x\nHost one\n')
    execFileSync('mkfifo', [join(home, '.ssh/pipe')])
    mkdirSync(join(home, '.ssh/dir'))
    symlinkSync('loop', join(home, '.ssh/loop'))
    expect(await found()).toEqual(['one'])
  })

  it('are found in a line of thousands, and what a file is cut at names none', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `n${i}`)
    file('.ssh/config', `Host ${names.slice(0, 30_000).join(' ')} !n7 !n1?\n`)
    expect(await found()).toHaveLength(30_000 - 11)
    file('.ssh/config', names.map((name) => `Host ${name}.example.com\n`).join(''))
    const some = await found()
    expect(some.length).toBeGreaterThan(5000)
    expect(some.at(-1)).toBe(`n${some.length - 1}.example.com`)
  })

  it('are not looked for in more patterns than anybody has, nor in what no path can be', async () => {
    mkdirSync(join(home, '.ssh/d'), { recursive: true })
    for (let i = 0; i < 300; i++) file(`.ssh/d/${'x'.repeat(200)}${i}`, '')
    for (let i = 0; i < 150; i++) mkdirSync(join(home, `.ssh/tree/${i}/deep`), { recursive: true })
    const patterns = Array.from({ length: 12_000 }, (_, i) => `Include tree/*/*/none${i}*\n`)
    file('.ssh/config', `Include d/${'*y'.repeat(100_000)}\n`)
    expect(await found()).toEqual([])
    file('.ssh/config', `Host one\nMatch all\n${patterns.join('')}`)
    expect(await found()).toEqual(['one'])
  })

  it('are not looked for once nobody waits for them', async () => {
    file('.ssh/config', 'Host one\n')
    expect(await configAliases(callerOf({ HOME: home }, '/'), AbortSignal.abort())).toEqual([])
  })

  it('are those that the policy may allow, and that can be a target', async () => {
    file(
      '.ssh/config',
      'Host web\n HostName web.example.com\nHost db bad;name "a b" -x\nHost prod\n HostName prod.example.org\n',
    )
    expect(await found()).toEqual(['web', 'db', 'prod'])
    expect(await found({ SSH_MCP_ALLOWED_HOSTS: '*.example.com,db' })).toEqual(['web', 'db'])
    expect(await found({ SSH_MCP_ALLOWED_HOSTS: '*,!*.example.org' })).toEqual(['web', 'db'])
  })
})
