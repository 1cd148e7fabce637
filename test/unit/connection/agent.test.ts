import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findAgent } from '../../../src/connection/agent.js'

const place = vi.hoisted(() => ({ home: '' }))
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>()
  return { ...os, userInfo: () => ({ ...os.userInfo(), homedir: place.home }) }
})

let directory: string
let runtime: string
let servers: Server[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agent-'))
  runtime = join(directory, 'run')
  place.home = join(directory, 'home')
  servers = []
})

afterEach(() => {
  for (const server of servers) server.close()
  rmSync(directory, { recursive: true, force: true })
})

function listening(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true })
  const server = createServer()
  servers.push(server)
  return new Promise((resolve) => server.listen(path, () => resolve(path)))
}

const found = (): string | null => findAgent({ XDG_RUNTIME_DIR: runtime })

describe('findAgent', () => {
  it.each(['openssh_agent', 'ssh-agent.socket', 'gcr/ssh', 'keyring/ssh', 'gnupg/S.gpg-agent.ssh'])(
    'finds %s in the runtime directory',
    async (name) => {
      const path = await listening(join(runtime, name))
      expect(found()).toBe(path)
    },
  )

  it.each(['.1password/agent.sock', '.ssh/agent.sock'])('finds ~/%s', async (name) => {
    const path = await listening(join(place.home, name))
    expect(found()).toBe(path)
  })

  it('takes that of the system before that of a program', async () => {
    await listening(join(place.home, '.ssh/agent.sock'))
    await listening(join(runtime, 'keyring/ssh'))
    const path = await listening(join(runtime, 'openssh_agent'))
    expect(found()).toBe(path)
  })

  it.skipIf(process.platform === 'darwin')('is none where there is none', () => {
    expect(found()).toBeNull()
  })

  it('does not take a file, a directory or a link for a socket', async () => {
    const path = await listening(join(runtime, 'gnupg/S.gpg-agent.ssh'))
    writeFileSync(join(runtime, 'openssh_agent'), '')
    mkdirSync(join(runtime, 'ssh-agent.socket'))
    mkdirSync(join(runtime, 'gcr'))
    symlinkSync(path, join(runtime, 'gcr/ssh'))
    expect(found()).toBe(path)
  })

  it('does not take the socket of somebody else', async () => {
    await listening(join(runtime, 'openssh_agent'))
    const mine = process.getuid?.() ?? 0
    vi.spyOn(process, 'getuid').mockReturnValue(mine + 1)
    try {
      expect(findAgent({ XDG_RUNTIME_DIR: runtime })).not.toBe(join(runtime, 'openssh_agent'))
    } finally {
      vi.restoreAllMocks()
    }
  })
})
