import { expect, it } from 'vitest'
import { describeSessions, eventually } from '../support/harness.js'

/** EXITS=200 for more of them: npx vitest run --config test/vitest.config.ts --project door test/door/last-words.test.ts */
const EXITS = Number(process.env.EXITS ?? 40)

describeSessions('the last words', (bench) => {
  /** Opens a session, lets it print and exit, and reads until it is said to have ended. */
  async function lastWords(round: number): Promise<string> {
    const session_name = `last ${round}`
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name })
    let facts = await bench.client.write(session_id, `seq ${round * 50}; echo LAST"-"WORDS; exit 3\n`, {
      wait_seconds: 0,
    })
    let output = facts.output
    while (facts.running || facts.pending_output_chars > 0) {
      facts = await bench.client.read(session_id, { wait_seconds: 5 })
      output += facts.output
    }
    expect(facts).toMatchObject({ running: false, exit_code: 3, pending_output_chars: 0 })
    return output
  }

  it('have all been given, or are counted, when a session is said to have ended', async () => {
    for (let round = 0; round < EXITS; round += 8) {
      const outputs = await Promise.all(Array.from({ length: 8 }, (_, i) => lastWords(round + i)))
      for (const output of outputs) expect(output).toContain('\nLAST-WORDS\n')
    }
  })

  it('end every wait that is under way', async () => {
    const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'waits' })
    const waits = ['quiet', 'prompt', 'exit', 'pattern'].map((wait_for) =>
      bench.client.read(session_id, {
        wait_for,
        wait_seconds: 40,
        ...(wait_for === 'pattern' ? { pattern: 'never' } : {}),
      }),
    )
    await bench.client.write(session_id, 'exec sleep 0.3\n', { wait_seconds: 0 })
    const ends = (await Promise.all(waits)).map(({ wait_ended_by }) => wait_ended_by)
    expect(ends).toContain('exit')
    expect(ends.slice(2)).toEqual(['exit', 'exit'])
    await eventually('it is listed as ended', async () => !(await bench.client.read(session_id)).running)
  })
})
