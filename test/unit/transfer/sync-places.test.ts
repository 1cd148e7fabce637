import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Caller, callerOf } from '../../../src/connection/caller.js'
import { localDestination, localSource } from '../../../src/transfer/sync-places.js'

let top: string
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
  for (const directory of ['home/.ssh', 'home/own/sub']) mkdirSync(join(top, directory), { recursive: true })
  writeFileSync(join(top, 'home/own/file'), '')
  symlinkSync('sub', join(top, 'home/own/link'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** A caller who works in `own` and may use all of the home. */
const caller = (): Caller =>
  callerOf(
    { HOME: `${top}/home`, SSH_MCP_STATE_DIR: `${top}/state`, SSH_MCP_LOCAL_ROOTS: '~' },
    `${top}/home/own`,
  )

describe('a local source', () => {
  it.each([
    ['.', '/home/own/'],
    ['./', '/home/own/'],
    ['..', '/home/'],
    ['sub', '/home/own/sub'],
    ['sub/', '/home/own/sub/'],
    ['sub/.', '/home/own/sub/'],
    ['link', '/home/own/sub'],
    ['link/', '/home/own/sub/'],
    ['file', '/home/own/file'],
    ['~', '/home/'],
    ['~/own', '/home/own'],
    ['link/..', '/home/own/'],
  ])('%s is %s', async (typed, path) => {
    expect((await localSource(typed, false, caller())).path).toBe(top + path)
  })

  it('is sent without what is protected in it, by the names it has on the way', async () => {
    const excluded = async (typed: string, relative = false): Promise<string | undefined> =>
      (await localSource(typed, relative, caller())).protection.first[0]
    expect(await excluded('~/../home')).toBe('--exclude=/home/.ssh')
    expect(await excluded('~')).toBe('--exclude=/.ssh')
    expect(await excluded('~', true)).toBe(`--exclude=${top}/home/.ssh`)
    expect(await excluded('sub')).toBe(undefined)
    expect((await localSource('~', false, caller())).leftOut).toEqual(['.ssh'])
  })

  it('with a name that no argument can hold is refused', async () => {
    mkdirSync(Buffer.from(`${top}/home/own/caf\xe9`, 'latin1'))
    symlinkSync(Buffer.from('caf\xe9', 'latin1'), join(top, 'home/own/readable'))
    await expect(localSource('readable', false, caller())).rejects.toThrow(/UTF-8/)
  })
})

describe('a local destination', () => {
  it('is written below with filters, or not at all by an rsync that does not hold to them', async () => {
    const home = await localDestination('~', true, caller())
    expect(home.path).toBe(`${top}/home/`)
    expect(home.protection.first).toContain('--exclude=/.bashrc')
    await expect(localDestination('~', false, caller())).rejects.toThrow(/3\.2\.5/)
    expect(await localDestination('new', false, caller())).toEqual({
      ...{ path: `${top}/home/own/new`, protection: { first: [], last: [] }, leftOut: [] },
    })
  })
})
