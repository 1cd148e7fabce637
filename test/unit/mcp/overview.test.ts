import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overview, resumeText, shortOverview } from '../../../src/mcp/overview.js'
import type { Glance } from '../../../src/session/glance.js'

const MINUTE = 60
const HOUR = 60 * MINUTE

const plain: Glance = {
  id: 'k3j2h1g0f9e8',
  name: 'deploy-api',
  target: 'prod-web01',
  upSeconds: 2 * HOUR,
  ended: null,
  command: null,
  waitsFor: null,
  state: 'other',
  unread: 0,
  newestLine: null,
}
const command = (line: string | null, more: Partial<NonNullable<Glance['command']>> = {}) => ({
  command: { line, finished: true, exitCode: 0, seconds: 12 * MINUTE, ...more },
})
const running = (line: string, seconds: number) => command(line, { finished: false, exitCode: null, seconds })
const ended = (reason: string, secondsAgo: number) => ({ ended: { reason, secondsAgo } })

describe('overview', () => {
  it.each<[string, Partial<Glance>, string]>([
    [
      'a command that has ended',
      { ...command('make test', { exitCode: 1 }), state: 'prompt', unread: 1240 },
      'deploy-api on prod-web01, up 2 h: `make test` exited 1, 12 min ago; 1,240 unread',
    ],
    [
      'a command that went well, with all of it read',
      { ...command('make', { seconds: 3 }), state: 'prompt' },
      'deploy-api on prod-web01, up 2 h: `make` exited 0, 3 s ago',
    ],
    [
      'a command of which nothing was told but its end',
      { ...command('make', { exitCode: null }) },
      'deploy-api on prod-web01, up 2 h: `make` ended, 12 min ago',
    ],
    [
      'a command that runs',
      { ...running('npm run build', 8 * MINUTE), unread: 52 },
      'deploy-api on prod-web01, up 2 h: running `npm run build` for 8 min; 52 unread',
    ],
    [
      'a command whose words nobody has seen',
      command(null, { finished: false, seconds: 4 }),
      'deploy-api on prod-web01, up 2 h: running a command for 4 s',
    ],
    [
      'a command that waits for a secret',
      { ...running('sudo apt upgrade', 40), waitsFor: 'password' },
      'deploy-api on prod-web01, up 2 h: `sudo apt upgrade` waits for a password',
    ],
    [
      'a command that waits for an answer',
      { ...running('apt upgrade', 40), waitsFor: 'input', unread: 9 },
      'deploy-api on prod-web01, up 2 h: `apt upgrade` waits for input; 9 unread',
    ],
    [
      'a full-screen program',
      { ...running('vim main.c', 3 * HOUR), state: 'full-screen', waitsFor: 'input' },
      'deploy-api on prod-web01, up 2 h: running `vim main.c` full-screen for 3 h',
    ],
    [
      'a full-screen program that nobody told of',
      { state: 'full-screen', newestLine: 'menu' },
      'deploy-api on prod-web01, up 2 h: a full-screen program',
    ],
    ['a fresh shell', { state: 'prompt', upSeconds: 5 }, 'deploy-api on prod-web01, up 5 s: at its prompt'],
    [
      'what no shell tells of',
      { newestLine: 'router#', upSeconds: 3 * 24 * HOUR },
      'deploy-api on prod-web01, up 3 d: "router#"',
    ],
    [
      'a question of ssh',
      { state: 'connecting', newestLine: "me@prod-web01's password:", upSeconds: 70 },
      'deploy-api on prod-web01, up 1 min: connecting, "me@prod-web01\'s password:"',
    ],
    ['a session that shows nothing', { state: 'connecting' }, 'deploy-api on prod-web01, up 2 h: connecting'],
    ['nothing at all', {}, 'deploy-api on prod-web01, up 2 h'],
    [
      'an end in the midst of a command',
      { ...ended('connection-lost', 4 * MINUTE), ...running('make', 9), state: 'other', unread: 7 },
      'deploy-api on prod-web01, exited (connection-lost) 4 min ago: during `make`; 7 unread',
    ],
    [
      'an end after a command',
      { ...ended('stopped', 30), ...command('make', { exitCode: 2 }) },
      'deploy-api on prod-web01, exited (stopped) 30 s ago: `make` exited 2',
    ],
    [
      'an end with last words',
      { ...ended('connection-refused', 59.9), newestLine: 'Connection refused', state: 'connecting' },
      'deploy-api on prod-web01, exited (connection-refused) 59 s ago: "Connection refused"',
    ],
    ['a session without a name by its id', { name: null }, 'k3j2h1g0f9e8 on prod-web01, up 2 h'],
  ])('tells of %s', (_, glance, line) => {
    expect(overview([{ ...plain, ...glance }])).toBe(`${line}\n`)
  })

  it.each([
    [0.4, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [47.9 * HOUR, '47 h'],
    [48 * HOUR, '2 d'],
  ])('says %d seconds as people do', (upSeconds, said) => {
    expect(overview([{ ...plain, upSeconds }])).toContain(`up ${said}\n`)
  })

  it('cuts what is long, and shows as much of a command as fits', () => {
    const long = {
      ...plain,
      ...{ name: 'n'.repeat(100), target: 't'.repeat(100) },
      ...command('c'.repeat(100)),
    }
    expect(overview([long])).toBe(
      `${'n'.repeat(23)}… (k3j2h1g0f9e8) on ${'t'.repeat(27)}…, up 2 h: \`${'c'.repeat(19)}…\` exited 0, 12 min ago\n`,
    )
    const fits = overview([{ ...plain, ...command('docker compose up --detach --build') }])
    expect(fits).toContain('`docker compose up --detach --bui…` exited 0')
    expect(fits.trimEnd()).toHaveLength(90)
  })

  it('gives the id of what cannot be called by what is shown of its name', () => {
    for (const name of ['a name that is too long to fit', 'two  blanks', '\u00a0'])
      expect(overview([{ ...plain, name }])).toContain(' (k3j2h1g0f9e8) on prod-web01')
  })

  it('gives the target of what has ended as it has to be given again', () => {
    const target = 'ubuntu@ec2-203-0-113-25.eu-central-1.compute.amazonaws.com'
    expect(overview([{ ...plain, target, ...ended('connection-lost', 5) }])).toContain(
      ` on ${target}, exited`,
    )
  })

  it('leaves out what ended long ago where that is much, and says so', () => {
    const old = Array.from({ length: 300 }, (_, i) => ({
      ...{ ...plain, name: `old-${i}`, ...ended('exit-0', 1000 - i) },
    }))
    const text = shortOverview([plain, ...old])
    expect(text.split('\n')).toHaveLength(23)
    expect(text).toMatch(
      /^deploy-api .*\nold-280 on (?:.*\n)*old-299 on .*\n280 more have exited: ssh_list_sessions/,
    )
    expect(resumeText([plain, ...old])).toContain(text)
    expect(shortOverview(old.slice(280))).toBe(overview(old.slice(280)))
  })

  it('shows the newest line only where there is room for enough of it', () => {
    const glance = { ...plain, target: 'a-target-of-some-length.net', newestLine: 'words that say something' }
    expect(overview([glance])).toContain('"words that say somet')
    expect(overview([{ ...glance, ...ended('host-key-unknown', 70), unread: 12_345 }])).toBe(
      'deploy-api on a-target-of-some-length.net, exited (host-key-unknown) 1 min ago; 12,345 unread\n',
    )
  })

  const hostile = fc.string({ unit: 'binary', maxLength: 300 })

  it('keeps to one line a session, of no more than a bound, whatever names and output hold', () => {
    const reasons = fc.constantFrom(null, { reason: 'host-key-unknown', secondsAgo: 1e9 })
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.boolean(), reasons, (name, target, text, known, end) => {
        const told = known ? command(text, { seconds: 1e9 }) : { newestLine: text }
        const listing = overview([{ ...plain, name, target, ended: end, unread: 1e9, ...told }])
        expect(listing.indexOf('\n')).toBe(listing.length - 1)
        expect(listing.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect([...listing].length).toBeLessThan(210)
      }),
    )
  })

  it('costs a fresh context under 150 bytes a session, with the ids', () => {
    const sessions = [
      { ...command('make test', { exitCode: 1 }), unread: 1240 },
      { name: 'build-web', target: 'ci@build-03', ...running('npm run build -- --watch', 480), unread: 52 },
      { name: 'db', target: 'prod-db', ...command('pg_dump --schema-only shop > /tmp/shop.sql') },
      { name: 'logs', ...running('tail -f /var/log/nginx/access.log', 9000), unread: 1_048_576 },
      {
        name: 'migrate',
        target: 'deploy@prod-web02',
        ...ended('connection-lost', 240),
        ...running('make', 9),
      },
    ].map((more) => ({ ...plain, ...more }))
    const facts = (some: Glance[]) =>
      JSON.stringify({ count: some.length, sessions: some.map(({ id }) => ({ session_id: id })) })
    const bytes = (some: Glance[]) => Buffer.byteLength(overview(some) + facts(some))
    for (const one of sessions) expect(bytes([one]), overview([one])).toBeLessThan(150)
    expect(bytes(sessions)).toBeLessThan(150 * sessions.length)
  })
})

describe('resumeText', () => {
  it('leaves a password to the person, where one is waited for', () => {
    const text = resumeText([{ ...plain, ...running('sudo -v', 5), waitsFor: 'password' }])
    expect(text).toContain('Never type a password: ask the person')
  })

  it('says how to begin where nothing runs', () => {
    expect(resumeText([])).toBe(
      'No SSH session is open. ssh_run opens one: give it target, session_name and command.\n',
    )
  })

  it.each<[string, Partial<Glance>, boolean]>([
    ['of what runs', running('make', 5), false],
    ['of what has exited', ended('stopped', 5), true],
  ])('tells %s, and what to do next', (_, glance, exited) => {
    const session = { ...plain, ...glance }
    const text = resumeText([plain, session])
    expect(text).toContain(`\n\n${overview([plain, session])}\nGo on by session name`)
    expect(text).toMatch(/ssh_read_session.*ssh_run/)
    expect(text.includes('What has exited')).toBe(exited)
    expect(text).not.toContain('password')
    expect(text.length - overview([plain, session]).length).toBeLessThan(600)
  })
})
