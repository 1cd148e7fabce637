import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { describeSessions } from '../support/harness.js'

/** Figures, printed and never asserted: npm run bench */
const show = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(60)} ${value}\n`)

const LINES = 2_500_000

describeSessions('reading text', (bench) => {
  /** The daemon's memory, in MB: now, and the most so far. */
  function memory(): { rss: number; most: number } {
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
    return { rss: mb('VmRSS'), most: mb('VmHWM') }
  }

  it.each([1_000_000, 16_000])(
    '200 MB through a session, read %d characters at a time',
    async (max_output_chars) => {
      const file = join(bench.sshd.directory, 'text')
      writeFileSync(file, '')
      const line = (index: number) => `${String(index).padStart(8)} ${'x'.repeat(69)}\n`
      for (let from = 0; from < LINES; from += 100_000)
        writeFileSync(file, Array.from({ length: 100_000 }, (_, i) => line(from + i)).join(''), { flag: 'a' })
      const session_name = `text ${max_output_chars}`
      const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name })
      const before = memory()
      const start = performance.now()
      await bench.client.write(session_id, `cat ${file}; echo 'the'' end'\n`, { wait_seconds: 0 })
      let characters = 0
      let reads = 0
      let middle: number | null = null
      for (let end = false; !end; reads++) {
        const { output } = await bench.client.read(session_id, { max_output_chars, wait_for: 'output' })
        characters += output.length
        if (characters > LINES * 40) middle ??= memory().rss
        end = output.includes('\nthe end')
      }
      const seconds = (performance.now() - start) / 1000
      const after = memory()
      show(
        `${(characters / 1e6).toFixed(1)} M characters in ${reads} reads of at most ${max_output_chars}`,
        `${(characters / 1e6 / seconds).toFixed(1)} MB/s; RSS ${before.rss.toFixed(0)} MB before, ` +
          `${(middle ?? 0).toFixed(0)} in the middle, ${after.rss.toFixed(0)} after, ${after.most.toFixed(0)} at most`,
      )
      await bench.client.call('ssh_stop_session', { session_id })
    },
  )
})
