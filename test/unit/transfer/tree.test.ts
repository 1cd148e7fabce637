import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callerOf } from '../../../src/connection/caller.js'
import { type Fence, fenceOf } from '../../../src/transfer/fence.js'
import { checkTree } from '../../../src/transfer/tree.js'

let top: string
let fence: Fence

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'tree-')))
  for (const directory of ['in/tree/sub', 'in/other', 'out', 'in/.ssh'])
    mkdirSync(join(top, directory), { recursive: true })
  writeFileSync(`${top}/in/tree/a`, 'abc')
  writeFileSync(Buffer.from(`${top}/in/tree/sub/caf\xe9`, 'latin1'), '12345')
  writeFileSync(`${top}/in/other/b`, '1234567')
  writeFileSync(`${top}/out/secret`, 'x')
  const env = { HOME: `${top}/in`, SSH_MCP_STATE_DIR: `${top}/state`, SSH_MCP_LOCAL_ROOTS: `${top}/in` }
  fence = fenceOf(callerOf(env, top))
})

afterEach(() => rmSync(top, { recursive: true, force: true }))

const check = (path = 'in/tree') => checkTree(fence, `${top}/${path}`)

describe('a tree for a program that follows links', () => {
  it('is counted, names that are no UTF-8 with it', async () => {
    expect(await check()).toEqual({ files: 2, bytes: 8 })
    expect(await check('in/tree/a')).toEqual({ files: 1, bytes: 3 })
  })

  it('is followed where links stay inside', async () => {
    symlinkSync('../other', `${top}/in/tree/link`)
    symlinkSync('sub', `${top}/in/tree/again`)
    symlinkSync('none', `${top}/in/tree/dangling`)
    expect(await check()).toEqual({ files: 4, bytes: 20 })
  })

  it.each([
    ['outside', '../../../out'],
    ['a file outside', '../../../out/secret'],
    ['nothing, outside', '../../../out/none'],
    ['what is protected', '../../.ssh'],
    ['everything', '/'],
  ])('is refused for a link to %s, which is named', async (_, target) => {
    symlinkSync(target, `${top}/in/tree/sub/link`)
    const error = { type: 'policy_denied', message: expect.stringContaining(`${top}/in/tree/sub/link'`) }
    await expect(check()).rejects.toMatchObject(error)
  })

  it('is refused for what is protected in it', async () => {
    await expect(check('in')).rejects.toMatchObject({
      type: 'policy_denied',
      message: expect.stringContaining(`${top}/in/.ssh'`),
    })
  })

  it.each(['.', '..', '../tree', 'sub/../..'])(
    'is refused for a link that leads back: %s',
    async (target) => {
      rmSync(`${top}/in/.ssh`, { recursive: true })
      symlinkSync(target, `${top}/in/tree/back`)
      await expect(check()).rejects.toMatchObject({
        type: 'validation_error',
        message: expect.stringContaining('leads back'),
      })
    },
  )

  it('is refused for a pipe, also behind a link', async () => {
    execFileSync('mkfifo', [`${top}/in/other/pipe`])
    symlinkSync('../other/pipe', `${top}/in/tree/link`)
    await expect(check()).rejects.toMatchObject({
      type: 'validation_error',
      message: expect.stringContaining('link'),
    })
  })

  it('lets other work pass while it is walked', async () => {
    for (let at = 0; at < 2000; at++) writeFileSync(`${top}/in/tree/sub/${at}`, '')
    truncateSync(`${top}/in/tree/sub/0`, 10)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    expect(await check()).toEqual({ files: 2002, bytes: 18 })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
  })

  it('is left when nobody waits any more', async () => {
    await expect(checkTree(fence, `${top}/in/tree`, AbortSignal.abort())).rejects.toThrow(/abort/)
  })
})
