import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { statePaths } from '../../src/platform/paths.js'
import { isIgnored, pairsOf, parseDockerfile } from '../support/dockerfile.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const DOCKERFILE = parseDockerfile(textOf('fixtures/docker/Dockerfile'))
const IGNORE = textOf('fixtures/docker/Dockerfile.dockerignore')
const PACKAGE = JSON.parse(textOf('package.json'))

const stages = DOCKERFILE.filter(({ name }) => name === 'FROM')
const last = stages.length - 1
/** The instructions of that name in the image itself. */
const inImage = (wanted: string) => DOCKERFILE.filter(({ name, stage }) => name === wanted && stage === last)
const copies = DOCKERFILE.filter(({ name }) => name === 'COPY')
const sourcesOf = (text: string): string[] => text.split(/\s+/).slice(0, -1)

describe('the image', () => {
  it('is built on a Node that will do, and on glibc', () => {
    const [, version] = /^NODE=(\d+)$/.exec(DOCKERFILE[0]?.text ?? '') ?? []
    const least = Number(/\d+/.exec(PACKAGE.engines.node)?.[0])
    expect(Number(version)).toBeGreaterThanOrEqual(least)
    for (const { text } of stages) expect(text).toMatch(/^node:\$\{NODE\}-bookworm-slim(?: AS build)?$/)
  })

  it.each(copies.filter(({ options }) => !options.from).flatMap(({ text }) => sourcesOf(text)))(
    'gets %s, which is there and not left out',
    (path) => {
      expect(existsSync(join(ROOT, path))).toBe(true)
      expect(isIgnored(IGNORE, path)).toBe(false)
    },
  )

  it.each([
    '.git',
    'node_modules',
    'dist',
    'test',
    'README.md',
    'fixtures/sshd_config',
    'id_ed25519',
    '.env',
  ])('never sees %s', (path) => {
    expect(isIgnored(IGNORE, path)).toBe(true)
  })

  it('takes from its first stage what that one makes', () => {
    const taken = copies.filter(({ options }) => options.from)
    expect(taken.map(({ options, stage }) => [options.from, stage])).toEqual([
      ['build', last],
      ['build', last],
    ])
    expect(stages[0]?.text).toMatch(/ AS build$/)
    expect(taken.flatMap(({ text }) => sourcesOf(text))).toEqual(['/app/node_modules', '/app/dist'])
  })

  it('is built by scripts that there are, and keeps nothing that only builds', () => {
    const lines = DOCKERFILE.filter(({ name, stage }) => name === 'RUN' && stage === 0).map(
      ({ text }) => text,
    )
    const scripts = lines.flatMap((line) =>
      [...line.matchAll(/npm run ([\w-]+)/g)].map(([, script]) => script),
    )
    expect(scripts).toEqual(['build'])
    for (const script of scripts) expect(Object.keys(PACKAGE.scripts)).toContain(script)
    expect(lines.at(-1)).toMatch(/&& npm prune --omit=dev --ignore-scripts$/)
  })

  it('has the programs that it runs', () => {
    const installed = /install -y --no-install-recommends (.*?) &&/.exec(inImage('RUN')[0]?.text ?? '')?.[1]
    expect(installed?.split(' ')).toEqual(['openssh-client', 'rsync', 'tini'])
    expect(inImage('ENTRYPOINT')[0]?.exec).toEqual(['/usr/bin/tini', '--', 'ssh-mcp'])
    expect(inImage('RUN').some(({ text }) => text === 'ln -s /app/dist/cli.js /usr/local/bin/ssh-mcp')).toBe(
      true,
    )
  })

  it('runs as a user of its own, who owns the volume', () => {
    const [user] = inImage('USER')
    expect(user?.text).toBe('app')
    expect(inImage('RUN').find(({ text }) => text.includes('useradd'))?.text).toContain('--uid "$UID"')
    const state = statePaths({}).root.replace(userInfo().homedir, '/home/app')
    expect(inImage('VOLUME').map(({ text }) => text)).toEqual([state])
    // Made by that user, before it becomes a volume: later changes of a volume are lost.
    const made = inImage('RUN').find(({ text }) => text.startsWith('mkdir'))
    expect(made?.text.split(' ')).toContain(state)
    const order = [user, made, inImage('VOLUME')[0]].map((one) => one && DOCKERFILE.indexOf(one))
    expect(order).toEqual(order.toSorted((a = 0, b = 0) => a - b))
  })

  it('tells its ports, its health and its name', () => {
    const env = pairsOf(inImage('ENV')[0]?.text ?? '')
    expect(inImage('EXPOSE').map(({ text }) => text)).toEqual([env.MCP_PORT])
    const [health] = inImage('HEALTHCHECK')
    expect(health?.exec).toEqual(['node', '/app/healthcheck.mjs'])
    const labels = pairsOf(inImage('LABEL')[0]?.text ?? '')
    expect(labels['io.modelcontextprotocol.server.name']).toMatch(/^[\w.-]+\/[\w.-]+$/)
    expect(labels['org.opencontainers.image.licenses']).toBe(PACKAGE.license)
  })
})

describe('a Dockerfile', () => {
  it('is read with its continued lines, comments between them, options and JSON', () => {
    const text =
      '# syntax=x\nARG A=1\nFROM a AS b\nRUN one \\\n  # why\n  && two\nCOPY --from=b --chown=c /x ./\nCMD ["d", "e f"]\n'
    expect(parseDockerfile(text)).toEqual([
      { name: 'ARG', stage: -1, options: {}, text: 'A=1', exec: null },
      { name: 'FROM', stage: 0, options: {}, text: 'a AS b', exec: null },
      { name: 'RUN', stage: 0, options: {}, text: 'one && two', exec: null },
      { name: 'COPY', stage: 0, options: { from: 'b', chown: 'c' }, text: '/x ./', exec: null },
      { name: 'CMD', stage: 0, options: {}, text: '["d", "e f"]', exec: ['d', 'e f'] },
    ])
  })

  it.each([
    'RUN true',
    'FROM a\nRUM true',
    'FROM a\nRUN one \\',
    "FROM a\nCMD ['d']",
    'FROM a\nCMD [1]',
    'FROM a\nRUN <<X',
    'FROM a\nADD b c',
    'FROM',
  ])('is refused: %j', (text) => {
    expect(() => parseDockerfile(text)).toThrow()
  })

  it.each([
    ['*\n!src', 'src', false],
    ['*\n!src', 'src/a/b.ts', false],
    ['*\n!src', 'srcs', true],
    ['*\n!a/b', 'a', true],
    ['*\n!a\na/b', 'a/b/c', true],
    ['# *', 'a', false],
  ])('%j beside it leaves %s out: %s', (text, path, ignored) => {
    expect(isIgnored(text, path)).toBe(ignored)
  })

  it.each(['a/', '/a', '*.log', '**/x', '[ab]'])(
    'has no pattern %s beside it, whose meaning is not tested here',
    (text) => {
      expect(() => isIgnored(text, 'a')).toThrow('not a pattern')
    },
  )

  it.each([
    ['A=1 b.c="d e"', { A: '1', 'b.c': 'd e' }],
    ['A=1', { A: '1' }],
  ])('has pairs %s', (text, pairs) => {
    expect(pairsOf(text)).toEqual(pairs)
    expect(() => pairsOf(`${text} c`)).toThrow('not pairs')
  })
})
