import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'
import { PROMPT } from '../support/sshd.js'

describeSessions('reading', (bench) => {
  const open = async (session_name: string): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, session_name })).session_id

  /** Reads until the pattern stands in what was read. */
  async function readUntil(
    id: string,
    end: string,
    args: object,
  ): Promise<{ output: string; reads: Facts[] }> {
    const reads: Facts[] = []
    let output = ''
    while (!withoutModes(output).endsWith(end)) {
      const read = await bench.client.read(id, { wait_seconds: 20, ...args })
      expect(read.wait_ended_by, `waited in vain after ${JSON.stringify(output.slice(-200))}`).not.toBe(
        'timeout',
      )
      output += read.output
      reads.push(read)
    }
    return { output, reads }
  }

  /** Starts a command and leaves its output to be read. */
  const run = (id: string, command: string) =>
    bench.client.write(id, `${command}\n`, { wait_for: 'output', wait_seconds: 0, max_output_chars: 1 })

  it.each(['text', 'raw'] as const)(
    'hands out 60,000 lines in small pieces, none lost or doubled, as %s',
    async (format) => {
      const id = await open(`lines ${format}`)
      await run(id, 'seq 60000; echo "E"ND')
      const newline = format === 'raw' ? '\r\n' : '\n'
      const { output } = await readUntil(id, `END${newline}${PROMPT}`, { format, max_output_chars: 3000 })
      const lines = withoutModes(output)
        .split(newline)
        .filter((line) => /^\d+$/.test(line))
      expect(lines).toEqual(Array.from({ length: 60_000 }, (_, i) => String(i + 1)))
    },
  )

  it('gives 10 MB that were read late whole, with exact counts on the way', async () => {
    const id = await open('late')
    const text = Array.from({ length: 100_000 }, (_, i) => `${i} ${'x'.repeat(95)}`).join('\n')
    writeFileSync(join(bench.sshd.directory, 'big'), `${text}\n`)
    await bench.client.write(id, `cat ${bench.sshd.directory}/big; echo "E"ND\n`, {
      wait_for: 'prompt',
      wait_seconds: 50,
      max_output_chars: 1,
    })
    let pending = (await bench.client.read(id, { wait_seconds: 0, format: 'raw', max_output_chars: 1 }))
      .pending_output_chars
    const pieces: string[] = []
    while (pending > 0) {
      const read = await bench.client.read(id, {
        format: 'raw',
        max_output_chars: 1_000_000,
        wait_seconds: 0,
      })
      expect(read.pending_output_chars).toBe(pending - withoutModes(read.output).length)
      pending = read.pending_output_chars
      pieces.push(read.output)
    }
    const all = pieces.join('').replaceAll('\r\n', '\n')
    expect(all).toContain(`${text.slice(1000)}\nEND\n`)
  })

  it('never cuts a character, however small the pieces', async () => {
    const id = await open('multibyte')
    const line = 'żółć 漢字 🙂👩‍👩‍👧 é\u0301 '.repeat(20).trimEnd()
    writeFileSync(join(bench.sshd.directory, 'utf8'), `${line}\n`.repeat(20))
    for (const [format, max_output_chars] of [
      ['raw', 1],
      ['raw', 7],
      ['text', 5],
    ] as const) {
      await run(id, `cat ${bench.sshd.directory}/utf8; echo "E"ND`)
      const { output, reads } = await readUntil(id, PROMPT, { format, max_output_chars })
      expect(output).not.toContain('\ufffd')
      expect(
        withoutModes(output)
          .replaceAll('\r', '')
          .split('\n')
          .filter((one) => one === line),
      ).toHaveLength(20)
      expect(reads.every((read) => read.output.isWellFormed())).toBe(true)
    }
  })

  it('shows a progress bar as its last state, and a line that changed after it was given again', async () => {
    const id = await open('progress')
    const go = join(bench.sshd.directory, 'go')
    execFileSync('mkfifo', [go])
    const command = `for i in 10 20 30; do printf '\\r%s%%' $i; done; read x < ${go}; printf '\\r99%%\\n'`
    const first = await bench.client.write(id, `${command}\n`, { wait_for: 'pattern', pattern: '^30%$' })
    expect(first.output.endsWith('\n30%')).toBe(true)
    writeFileSync(go, 'go\n')
    const then = await bench.client.read(id, { wait_for: 'prompt' })
    expect(then.output).toBe(`\n99%\n${PROMPT}`)
  })

  it('reads from an offset, and the last lines, without moving the read position', async () => {
    const id = await open('places')
    const written = await bench.client.write(id, 'seq 1 500\n', { wait_for: 'prompt', max_output_chars: 100 })
    expect(written).toMatchObject({ truncated: true })
    const tail = await bench.client.read(id, { tail_lines: 3 })
    expect(tail).toMatchObject({ output: `499\n500\n${PROMPT}`, pending_output_chars: 0 })
    const from = await bench.client.read(id, { offset: 0, max_output_chars: 40 })
    expect(from.output.startsWith(PROMPT)).toBe(true)
    const next = await bench.client.read(id, { offset: from.next_offset, max_output_chars: 16 })
    expect((from.output + next.output).replaceAll('\n', ' ')).toContain('1 2 3 4')
    const rest = await bench.client.read(id)
    expect((written.output + rest.output).split('\n')).toEqual([
      'seq 1 500',
      ...Array.from({ length: 500 }, (_, i) => `${i + 1}`),
      PROMPT,
    ])
    const past = await bench.client.read(id, { offset: 1e9 })
    expect(past).toMatchObject({ isError: true, error_type: 'validation_error' })
  })

  it.each(['text', 'raw'] as const)(
    'can be paged by offset through lines longer than a page, as %s',
    async (format) => {
      // "Text offsets are line starts" once meant that a reader never got past a line longer than its page.
      const id = await open(`pages ${format}`)
      const line = Array.from({ length: 5000 }, (_, i) => `${i} ä`).join(' ')
      writeFileSync(join(bench.sshd.directory, 'page'), `short\n${line}\n`)
      await bench.client.write(id, `cat ${bench.sshd.directory}/page\n`, {
        wait_for: 'prompt',
        max_output_chars: 1,
      })
      let offset = 0
      let output = ''
      for (let truncated = true; truncated; ) {
        const read = await bench.client.read(id, { offset, max_output_chars: 4000, wait_seconds: 0, format })
        expect(read.offset).toBe(offset)
        expect(read.next_offset).toBeGreaterThan(offset)
        output += read.output
        offset = read.next_offset
        truncated = read.truncated
      }
      expect(withoutModes(output).replaceAll('\r', '')).toContain(`\nshort\n${line}\n${PROMPT}`)
    },
  )

  it('gets past ill-formed characters, whatever the size of the pieces', async () => {
    // A cut behind the first byte of such a character was once taken for one before it, for ever.
    const id = await open('ill-formed')
    const bytes = Buffer.concat([Buffer.from('ab'), Buffer.from([0xc3]), Buffer.from('(cd\n')])
    const binary = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7919) % 251))
    writeFileSync(join(bench.sshd.directory, 'ill'), bytes)
    writeFileSync(join(bench.sshd.directory, 'binary'), binary)
    await bench.client.write(id, `cat ${bench.sshd.directory}/ill\n`, {
      wait_for: 'prompt',
      max_output_chars: 1,
    })
    let output = ''
    for (let left = 1; left > 0; ) {
      const read = await bench.client.read(id, { format: 'raw', max_output_chars: 1, wait_seconds: 0 })
      output += read.output
      left = read.pending_output_chars
    }
    expect(withoutModes(output)).toContain('\r\nab\ufffd(cd\r\n')
    for (const format of ['text', 'raw'])
      for (const max_output_chars of [50, 16_000]) {
        const command = `cat ${bench.sshd.directory}/binary`
        const ran = await bench.client.call('ssh_run', { session_id: id, command, format, max_output_chars })
        expect(ran).toMatchObject({ finished: true, truncated: true })
        expect(ran.output).toMatch(/… [\d,]+ characters left out; read on with offset \d+ …/)
      }
  })

  it.each([
    ['tabs', (i: number) => `${i}\t`],
    ['wide characters', (i: number) => `${i}日本 `],
    ['colours', (i: number) => `\x1b[3${i % 8}m${i}\x1b[0m `],
  ])('can be paged by offset from anywhere in a long line with %s', async (what, part) => {
    const id = await open(`anywhere ${what}`)
    const line = Array.from({ length: 900 }, (_, i) => part(i)).join('')
    writeFileSync(join(bench.sshd.directory, 'anywhere'), `${line}\n`)
    const ran = await bench.client.call('ssh_run', {
      session_id: id,
      command: `cat ${bench.sshd.directory}/anywhere`,
    })
    const { offset: start, next_offset: end, output: whole } = ran
    for (const first of [start, start + 1, start + 100]) {
      let output = ''
      for (let offset = first; offset < end; ) {
        const read = await bench.client.read(id, { offset, max_output_chars: 500, wait_seconds: 0 })
        expect(read.next_offset).toBeGreaterThan(offset)
        output += read.output
        offset = read.next_offset
      }
      const numbers = (text: string): string[] => text.match(/\d+/g) ?? []
      const expected = numbers(whole)
      expect(numbers(output).slice(-800)).toEqual(expected.slice(-800))
    }
  })

  it('counts exactly what is left out of a long output, as it is read on', async () => {
    const id = await open('counted')
    const redraws =
      'for i in $(seq 200); do printf "\\033[3A"; for j in 1 2 3; do printf "job %s: %s\\033[K\\n" $j $i; done; done'
    const command = `seq 2000; printf "a\\tb\\n%.0s" $(seq 300); printf "\\n\\n\\n"; ${redraws}; seq 500`
    for (const max_output_chars of [60, 1000, 5000]) {
      const ran = await bench.client.call('ssh_run', { session_id: id, command, max_output_chars })
      const line = /… ([\d,]+) characters left out; read on with offset (\d+) …\n/.exec(ran.output)
      const [, count = '', offset] = line ?? []
      const tail = ran.output.slice(ran.output.indexOf(line?.[0]) + (line?.[0].length ?? 0))
      const on = await bench.client.read(id, { offset: Number(offset), max_output_chars: 1_000_000 })
      expect(tail.length).toBeGreaterThan(max_output_chars / 4)
      expect(on.output.slice(Number(count.replaceAll(',', ''))).startsWith(tail)).toBe(true)
    }
  })

  it('gives the last lines as they are while more is printed', async () => {
    const id = await open('flowing')
    await run(id, 'yes floodfloodflood')
    for (let round = 0; round < 5; round++) {
      const { output } = await bench.client.read(id, { tail_lines: 3 })
      expect(output.split('\n').length).toBeLessThanOrEqual(4)
    }
    await bench.client.call('ssh_stop_session', { session_id: id, max_output_chars: 1 })
  })

  it('goes on when the person empties the transcript', async () => {
    const id = await open('emptied')
    const { transcript_path } = await bench.client.ensure({
      ...bench.sshd.connection,
      session_name: 'emptied',
    })
    writeFileSync(transcript_path, '')
    expect((await bench.client.write(id, 'echo still here\n')).output).toContain('\nstill here\n')
  })

  it('waits at the end of a transcript for whoever reads by offset', async () => {
    const id = await open('offset waits')
    const { next_offset } = await bench.client.read(id, { offset: 0 })
    const waiting = bench.client.read(id, { offset: next_offset, wait_for: 'pattern', pattern: '^later$' })
    await bench.client.write(id, 'echo later\n', { wait_for: 'prompt' })
    expect(await waiting).toMatchObject({ wait_ended_by: 'pattern' })
  })

  it('takes nothing for a call that is cancelled', async () => {
    const id = await open('cancelled')
    const cancel = new AbortController()
    const cancelled = bench.client.call(
      'ssh_read_session',
      { session_id: id, wait_for: 'pattern', pattern: 'never', wait_seconds: 40 },
      cancel.signal,
    )
    const outcome = expect(cancelled).rejects.toThrow()
    const written = await bench.client.write(id, 'echo seen\n', { wait_for: 'prompt', max_output_chars: 1 })
    cancel.abort('enough')
    await outcome
    expect(written.output + (await bench.client.read(id)).output).toBe(`echo seen\nseen\n${PROMPT}`)
  })

  it('answers one call while another waits on the same connection', async () => {
    const id = await open('side by side')
    const waiting = bench.client.read(id, { wait_for: 'exit', wait_seconds: 40 })
    await bench.client.write(id, 'echo still quick\n')
    await bench.client.write(id, 'exit\n', { wait_for: 'exit' })
    expect(await waiting).toMatchObject({ wait_ended_by: 'exit', running: false })
  })

  it('keeps raw bytes in the transcript as they came', async () => {
    const id = await open('bytes')
    const { transcript_path } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'bytes' })
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    writeFileSync(join(bench.sshd.directory, 'bytes'), bytes)
    await bench.client.write(id, `stty -opost; cat ${bench.sshd.directory}/bytes; stty opost\n`, {
      format: 'raw',
      wait_for: 'prompt',
    })
    expect(readFileSync(transcript_path).includes(bytes)).toBe(true)
  })
})

/** Raw output without the mode switches around a prompt, the only sequences in it. */
const withoutModes = (raw: string): string => raw.replace(/\x1b\[\?2004[hl]\r?|\x1b\[K/g, '')
