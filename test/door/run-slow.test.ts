import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'

const SHELLS = ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/dash'].filter(existsSync)
/** Each way, in milliseconds: what is repeated too soon arrives twice. */
const DELAY_MS = 150

/** A way to a server on which everything takes its time. */
function slowWay(port: number): Server {
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), DELAY_MS))
    from.on('close', () => setTimeout(() => to.destroy(), DELAY_MS))
    from.on('error', () => {})
  }
  return createServer((near) => {
    const far = connect(port, '127.0.0.1')
    pass(near, far)
    pass(far, near)
  })
}

describeSessions('ssh_run over a slow line', (bench) => {
  let server: Server
  beforeAll(async () => {
    server = slowWay(bench.sshd.port)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server.close())

  const run = (session_id: string, command: string): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id, command, timeout_seconds: 20 })

  it.concurrent.each(SHELLS)('gives each command its own result: %s', async (shell) => {
    const { known_hosts_file: _, ...connection } = bench.sshd.connection
    const { port } = server.address() as AddressInfo
    const opened = await bench.client.ensure({
      ...connection,
      ...{ port, shell, session_name: shell, strict_host_key_checking: 'accept-new', wait_seconds: 30 },
    })
    expect(opened).toMatchObject({ wait_ended_by: 'prompt', running: true })
    const id = opened.session_id
    expect(await run(id, "echo 'open")).toMatchObject({ wait_ended_by: 'incomplete_input', finished: false })
    expect(await run(id, 'echo A')).toMatchObject({ exit_code: 0, output: 'A\n' })
    expect(await run(id, "sh -c 'exit 3'")).toMatchObject({ exit_code: 3, output: '' })
    expect(await run(id, "echo 'ü!'")).toMatchObject({ exit_code: 0, output: 'ü!\n' })
    const began = performance.now()
    expect(await run(id, 'exit 5')).toMatchObject({ running: false, exit_code: 5, wait_ended_by: 'exit' })
    expect(performance.now() - began, 'no look holds up its end').toBeLessThan(6000)
  })
})

describeSessions('ssh_run in a shell that', (bench) => {
  const open = async (shell: string, session_name: string): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, shell, session_name })).session_id
  const run = (session_id: string, command: string, more = {}): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id, command, timeout_seconds: 10, ...more })

  it.skipIf(!existsSync('/usr/bin/fish'))('takes its time for its prompt', async () => {
    const id = await open('/usr/bin/fish', 'prompt')
    await run(id, 'function fish_prompt; sleep .2; echo "> "; end')
    for (const word of ['A', 'B', 'C'])
      expect(await run(id, `echo ${word}`)).toMatchObject({ exit_code: 0, output: `${word}\n` })
  })

  it.each(SHELLS.filter((shell) => !shell.endsWith('fish')))('finds no programs: %s', async (shell) => {
    const id = await open(shell, `nothing ${shell}`)
    await run(id, 'PATH=/nonexistent')
    expect(await run(id, "echo 'ü!'; (exit 6)")).toMatchObject({ exit_code: 6, output: 'ü!\n' })
    expect(await run(id, 'echo next')).toMatchObject({ exit_code: 0, output: 'next\n' })
  })

  it('shows no prompt at all: dash', async () => {
    const id = await open('/bin/dash', 'bare')
    expect(await run(id, 'PS1=; (exit 7)')).toMatchObject({ exit_code: 7, finished: true })
    expect(await run(id, 'echo A')).toMatchObject({ exit_code: 0, output: 'A\n' })
  })

  it('is told of prompts far ahead by what it prints', async () => {
    const id = await open('/bin/bash', 'forged')
    const forged = 'printf "\\033]133;D;0;n=$__sm_n;k=99999;/x\\007"; sleep 0.3; echo rest; (exit 8)'
    expect(await run(id, forged)).toMatchObject({ exit_code: 8, output: 'rest\n' })
  })

  it('is answered with keys that do nothing', async () => {
    const id = await open('/bin/bash', 'keys')
    const write = { session_id: id, keys: ['C-e'], wait_seconds: 20 }
    expect(await bench.client.call('ssh_write_session', write)).toMatchObject({ wait_ended_by: 'prompt' })
  })
})
