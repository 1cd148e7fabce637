import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeSessions, eventually } from '../support/harness.js'

const LIMIT = 200 * 1024

describeSessions('a disk that takes no more', (bench) => {
  /** Sets how large a file the daemon may write; past it the system says EFBIG, as it says ENOSPC on a full disk. */
  function limitFiles(bytes: number | 'unlimited'): void {
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  }

  const open = (session_name: string) => bench.client.ensure({ ...bench.sshd.connection, session_name })
  const LINES = Array.from({ length: 60_000 }, (_, i) => String(i + 1))

  it('makes the remote wait, and costs nothing once there is room again', async () => {
    const { session_id, transcript_path } = await open('waits')
    limitFiles(LIMIT)
    await bench.client.write(session_id, 'seq 60000\n', { wait_seconds: 0, max_output_chars: 1 })
    await eventually(
      'the transcript is as large as it may be',
      () => statSync(transcript_path).size === LIMIT,
    )
    expect(await bench.client.call('ssh_list_sessions')).toMatchObject({ isError: false })
    expect(
      (await bench.client.read(session_id, { wait_for: 'prompt', wait_seconds: 0.5, max_output_chars: 1 }))
        .wait_ended_by,
    ).toBe('timeout')
    limitFiles('unlimited')
    const done = await bench.client.read(session_id, {
      wait_for: 'prompt',
      wait_seconds: 20,
      max_output_chars: 1_000_000,
    })
    expect(done).toMatchObject({ wait_ended_by: 'prompt', gaps: [], truncated: false })
    expect(done.output.split('\n').filter((line: string) => /^\d+$/.test(line))).toEqual(LINES)
  })

  it('refuses a session when descriptors run out, leaves nothing of it, and recovers', async () => {
    await open('before')
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    const limit = (files: number | string) =>
      execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:`])
    const kept = () => readdirSync(bench.place.state).filter((name) => /^[a-z0-9]{12}$/.test(name)).length
    const before = kept()
    const held = readdirSync(`/proc/${pid}/fd`).length
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
    let refusals = 0
    for (let spare = 0; spare < 12; spare++) {
      limit(held + spare)
      const refused = await open(`refused ${spare}`)
      if (!refused.isError) await bench.client.call('ssh_stop_session', { session_id: refused.session_id })
      else refusals++
    }
    limit(/Max open files\s+(\d+)/.exec(limits)?.[1] as string)
    expect(refusals).toBeGreaterThan(0)
    const { sessions } = await bench.client.call('ssh_list_sessions')
    expect(kept() - before).toBe(
      sessions.filter((one: { session_name: string }) => one.session_name.startsWith('refused')).length,
    )
    expect((await open('after')).wait_ended_by).toBe('prompt')
    expect((await bench.client.write('before', 'echo fine\n')).output).toContain('\nfine\n')
  })

  it('costs a counted gap when the session has to end before there is room', async () => {
    const { session_id, transcript_path } = await open('gap')
    limitFiles(LIMIT)
    await bench.client.write(session_id, 'seq 60000\n', { wait_seconds: 0, max_output_chars: 1 })
    await eventually(
      'the transcript is as large as it may be',
      () => statSync(transcript_path).size === LIMIT,
    )
    const stopped = await bench.client.call('ssh_stop_session', { session_id, wait_seconds: 0.2 })
    limitFiles('unlimited')
    expect(stopped).toMatchObject({ running: false, exit_reason: 'stopped' })
    expect(stopped.gaps).toEqual([{ offset: LIMIT, lost_bytes: expect.any(Number) }])
    expect(stopped.gaps[0].lost_bytes).toBeGreaterThan(0)
    // The file holds nothing but what the terminal gave.
    expect(statSync(transcript_path).size).toBe(LIMIT)
    expect((await bench.client.read(session_id)).gaps).toEqual(stopped.gaps)
  })
})
