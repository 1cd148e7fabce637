import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.js'
import { statePaths } from '../../src/platform/paths.js'
import { parseUnit } from '../support/unit-file.js'

const SERVICES = fileURLToPath(new URL('../../fixtures/services', import.meta.url))
const textOf = (name: string): string => readFileSync(join(SERVICES, name), 'utf8')
const unit = (name: string) => parseUnit(textOf(name))
const names = readdirSync(SERVICES).filter((name) => /\.(?:service|socket)$/.test(name))

describe('the systemd units', () => {
  it('are two services, each with its socket', () => {
    expect(names.sort()).toEqual(
      ['ssh-mcp-http.service', 'ssh-mcp-http.socket', 'ssh-mcp.service', 'ssh-mcp.socket'].sort(),
    )
  })

  it('hold the daemon’s socket where clients look for it, for its owner alone', () => {
    const socket = unit('ssh-mcp.socket')
    const [path = ''] = socket['Socket.ListenStream'] ?? []
    // %h is the home of the person whose manager it is.
    expect(path.replace('%h', userInfo().homedir)).toBe(statePaths({}).socket)
    expect(socket).toMatchObject({ 'Socket.SocketMode': ['0600'], 'Socket.DirectoryMode': ['0700'] })
  })

  it('open one port, on loopback', () => {
    expect(unit('ssh-mcp-http.socket')['Socket.ListenStream']).toEqual(['127.0.0.1:8000'])
  })

  it.each(names.filter((name) => name.endsWith('.socket')))('start one service for %s', (name) => {
    // The program takes one socket; with Accept it would get connections.
    expect(unit(name)['Socket.ListenStream']).toHaveLength(1)
    expect(Object.keys(unit(name))).not.toContain('Socket.Accept')
    expect(unit(name)['Install.WantedBy']).toEqual(['sockets.target'])
    expect(names).toContain(name.replace('.socket', '.service'))
  })

  it.each(names.filter((name) => name.endsWith('.service')))(
    'leave what is the person’s alone: %s',
    (name) => {
      const service = unit(name)
      const own = name.replace('.service', '.socket')
      expect(service['Unit.Requires']).toEqual([own])
      expect(service['Unit.After']).toContain(own)
      expect(service['Service.KillMode']).toEqual(['process'])
      expect(service['Service.Restart']).toEqual(['on-failure'])
      // Whatever sandbox there was would hold for each ssh, and for a tmux server that is started here.
      expect(Object.keys(service).join()).not.toMatch(/Protect|Private|NoNew|Restrict|SystemCall|Capab|UMask/)
    },
  )

  it.each([['ssh-mcp.service', 'daemon']])('%s runs a command that there is', (name, command) => {
    expect(unit(name)['Service.ExecStart']).toEqual([`/usr/bin/env ssh-mcp ${command}`])
    expect(COMMANDS.flatMap((one) => one.names)).toContain(command)
  })

  /** What systemd finds wrong with unit files. */
  function complaints(files: string[]): { status: number | null; stderr: string } {
    const runtime = mkdtempSync(join(tmpdir(), 'run-'))
    const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', ...files], {
      env: { ...process.env, XDG_RUNTIME_DIR: runtime },
      encoding: 'utf8',
    })
    rmSync(runtime, { recursive: true })
    return { status, stderr }
  }

  it.skipIf(spawnSync('systemd-analyze', ['--version']).error)('are right, says systemd', () => {
    expect(complaints(names.map((name) => join(SERVICES, name)))).toEqual({ status: 0, stderr: '' })
    const directory = mkdtempSync(join(tmpdir(), 'units-'))
    const wrong = join(directory, 'wrong.service')
    writeFileSync(wrong, '[Service]\nExecStart=/usr/bin/env true\nKillMod=process\n')
    expect(complaints([wrong]).stderr).toContain('KillMod')
    rmSync(directory, { recursive: true })
  })
})

describe('a file of units', () => {
  it.each([
    'ExecStart=/bin/true',
    '[Service]\nExecStart',
    '[Service]\nExecStart=',
    '[Service]\nExecStart=a \\',
    '[Service] x',
  ])('is refused if it holds something else: %j', (text) => {
    expect(() => parseUnit(text)).toThrow('not a line of a unit')
  })
})

describe('the launchd agent', () => {
  const read = `import json, plistlib, sys; json.dump(plistlib.loads(sys.stdin.buffer.read()), sys.stdout)`
  /** As launchd reads it, with the home put in as its README says. */
  const agent = () => {
    const input = textOf('io.github.ssh-mcp.http.plist').replaceAll('@HOME@', '/Users/me')
    return JSON.parse(execFileSync('python3', ['-c', read], { input, encoding: 'utf8' }))
  }

  it('runs the HTTP door on loopback, again after a fault only', () => {
    const { Label, ProgramArguments, RunAtLoad, KeepAlive, ThrottleInterval } = agent()
    expect(`${Label}.plist`).toBe('io.github.ssh-mcp.http.plist')
    expect(ProgramArguments).toEqual([
      '/usr/bin/env',
      'ssh-mcp',
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      '8000',
    ])
    expect({ RunAtLoad, KeepAlive }).toEqual({ RunAtLoad: true, KeepAlive: { SuccessfulExit: false } })
    expect(ThrottleInterval).toBeGreaterThanOrEqual(10)
  })

  it('finds its programs, and writes its log where nobody else can read it', () => {
    const { EnvironmentVariables, StandardOutPath, StandardErrorPath } = agent()
    expect(EnvironmentVariables.PATH.split(':')).toContain('/usr/bin')
    const state = statePaths({}).root.replace(userInfo().homedir, '/Users/me')
    for (const path of [StandardOutPath, StandardErrorPath]) expect(path).toBe(`${state}/http.log`)
  })

  it('asks for nothing that launchd alone could give', () => {
    expect(Object.keys(agent())).not.toContain('Sockets')
  })
})
