import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownIdentity } from '../../../src/platform/process-identity.js'
import { tryStartLock } from '../../../src/platform/start-lock.js'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(directory, 'start.lock')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('tryStartLock', () => {
  it('is held by one, until it is released', () => {
    const release = tryStartLock(path)
    expect(release).not.toBeNull()
    expect(tryStartLock(path)).toBeNull()
    release?.()
    expect(tryStartLock(path)).not.toBeNull()
  })

  it('names its holder, and leaves nothing else behind', () => {
    tryStartLock(path)
    tryStartLock(path)
    expect(readdirSync(directory)).toEqual(['start.lock'])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(ownIdentity())
  })

  it.each<[string, string]>([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
    [
      'a process of the same number that started at another time',
      JSON.stringify({ ...ownIdentity(), started: '1' }),
    ],
    ['nobody', ''],
    ['half a line', '{"pid":'],
    ['null', 'null'],
  ])('takes a lock away from %s', (_, content) => {
    writeFileSync(path, content)
    expect(tryStartLock(path)).not.toBeNull()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(ownIdentity())
    expect(readdirSync(directory)).toEqual(['start.lock'])
  })

  it('leaves the lock to a holder that lives', () => {
    const content = `${JSON.stringify(ownIdentity())} `
    writeFileSync(path, content)
    expect(tryStartLock(path)).toBeNull()
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it('says why where no lock can be made', () => {
    expect(() => tryStartLock(join(directory, 'missing', 'start.lock'))).toThrow(/ENOENT/)
  })
})

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CONTENDER = `
import { tryStartLock } from './platform/start-lock.js'
let release = null
process.on('message', (path) => {
  if (path === '') release?.()
  else release = tryStartLock(path)
  process.send(release !== null)
})
process.send('ready')
`

describe('tryStartLock, by many processes at once', () => {
  let compiled: string
  let contenders: ChildProcess[]

  beforeAll(async () => {
    compiled = mkdtempSync(join(tmpdir(), 'contenders-'))
    const source = join(ROOT, 'src/platform/start-lock.ts')
    const options = [
      '--ignoreConfig',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
    ]
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [
      ...options,
      '--rootDir',
      join(ROOT, 'src'),
      '--outDir',
      compiled,
      source,
    ])
    writeFileSync(join(compiled, 'package.json'), '{"type":"module"}')
    symlinkSync(join(ROOT, 'node_modules'), join(compiled, 'node_modules'))
    writeFileSync(join(compiled, 'contender.js'), CONTENDER)
    contenders = Array.from({ length: 6 }, () => fork(join(compiled, 'contender.js'), { execArgv: [] }))
    await Promise.all(contenders.map((contender) => once(contender, 'message')))
  }, 30_000)

  afterAll(() => {
    for (const contender of contenders) contender.kill()
    rmSync(compiled, { recursive: true, force: true })
  })

  const ask = (message: string): Promise<boolean[]> =>
    Promise.all(
      contenders.map(async (contender) => {
        contender.send(message)
        const [held] = await once(contender, 'message')
        return held as boolean
      }),
    )

  it('is held by one of them', async () => {
    for (let round = 0; round < 20; round++) {
      const held = await ask(path)
      expect(held.filter(Boolean)).toHaveLength(1)
      await ask('')
    }
  }, 30_000)
})
