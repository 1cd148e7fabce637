import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'
import { PROMPT } from '../support/sshd.js'

/** Three layers that are loaded, redrawn in place as docker does it: up, erase, write, down. */
const LAYERS = `
for layer in a b c; do echo "$layer: Waiting"; done
for step in 10 50 100; do
  for up in 3 2 1; do
    layer=$(printf 'cba' | cut -c$up)
    printf '\\033[%dA\\033[2K\\r%s: Downloading %s%%\\r\\033[%dB' "$up" "$layer" "$step" "$up"
    test "$1" = slow && sleep 0.02
  done
done
echo done
`

/** Output above a bar in the last row, which is out of the scrolling part, as apt draws it. */
const BAR = `
rows=$(stty size | cut -d' ' -f1)
printf '\\n\\0337\\033[0;%dr\\0338\\033[1A' "$((rows - 1))"
for i in $(seq 1 60); do
  printf 'Setting up package-%d ...\\r\\n' "$i"
  printf '\\0337\\033[%d;0H\\033[42mProgress: [%3d%%]\\033[49m [####....]\\0338' "$rows" "$((i * 100 / 60))"
done
printf '\\0337\\033[0;%dr\\0338\\033[1A\\n\\033[J' "$rows"
`

describeSessions('text', (bench) => {
  let id: string

  const run = (command: string, args: object = {}): Promise<Facts> =>
    bench.client.call('ssh_run', { session_id: id, command, ...args })

  const script = (name: string, text: string): string => {
    const path = join(bench.sshd.directory, name)
    writeFileSync(path, text)
    return `sh ${path}`
  }

  beforeAll(async () => {
    id = (await bench.client.ensure({ ...bench.sshd.connection, session_name: 'text' })).session_id
  })

  it('shows lines that were redrawn in place in their last state', async () => {
    const layers = ['a', 'b', 'c'].map((layer) => `${layer}: Downloading 100%\n`).join('')
    const { output } = await run(script('layers', LAYERS))
    expect(output).toBe(`${layers}done\n`)
  })

  it('gives a line again that changed since it was given, and nothing else', async () => {
    await bench.client.write(id, `${script('slow', LAYERS)} slow\n`, {
      wait_for: 'pattern',
      pattern: 'Waiting',
    })
    const outputs: string[] = []
    for (let ended = ''; ended !== 'prompt'; ) {
      const read = await bench.client.read(id, { wait_for: 'prompt', wait_seconds: 0.03 })
      outputs.push(read.output)
      ended = read.wait_ended_by
    }
    const lines = outputs.join('').split('\n')
    const known = /^(?:|[abc]: (?:Waiting|Downloading \d+%)|done|.*[$#] )$/
    expect(lines.filter((line) => !known.test(line))).toEqual([])
    for (const layer of ['a', 'b', 'c']) {
      const states = lines.filter((line) => line.startsWith(`${layer}: `))
      expect(states.at(-1)).toBe(`${layer}: Downloading 100%`)
      expect(new Set(states).size).toBe(states.length)
    }
  })

  it('keeps what scrolls above a bar, and of the bar nothing once it is gone', async () => {
    const { output } = await run(script('bar', BAR))
    const packages = Array.from({ length: 60 }, (_, i) => `Setting up package-${i + 1} ...\n`)
    expect(output.trimStart()).toBe(packages.join(''))
  })

  it('makes one line of a full-screen program, by its name', async () => {
    // Typed before the prompt behind it is there.
    await run('true')
    const opened = await bench.client.write(id, 'vi\n', { wait_for: 'pattern', pattern: '~' })
    expect(opened.output).toMatch(
      /^vi\n\[vi: full-screen, [\d.]+ (?:bytes|KB); read with format "screen"\]\n$/,
    )
    const closed = await bench.client.write(id, ':q!\n', { wait_for: 'prompt' })
    expect(closed.output.replace(/\[vi: full-screen, .*\]\n/, '')).toBe(PROMPT)
    const all = await bench.client.read(id, { tail_lines: 3 })
    expect(all.output).toMatch(/vi\n\[vi: full-screen, .*\]\n.*$/)
  })

  it('goes on with the shell where a full-screen program was killed', async () => {
    await bench.client.write(id, 'vi -u NONE killed\n', { wait_for: 'pattern', pattern: 'killed' })
    execFileSync('pkill', ['-KILL', '-f', 'NONE killed'])
    await bench.client.read(id, { wait_for: 'prompt' })
    expect(await run('echo still here')).toMatchObject({ output: 'still here\n', exit_code: 0 })
    await run("printf '\\033[?1049l'")
  })

  it('reads in the middle of what a full-screen program prints', async () => {
    await bench.client.write(id, 'less /etc/services\n', { wait_for: 'pattern', pattern: 'discard' })
    const { transcript_size_bytes } = await bench.client.ensure({
      ...bench.sshd.connection,
      session_name: 'text',
    })
    const from = await bench.client.read(id, { offset: transcript_size_bytes - 200 })
    expect(from.output).toMatch(/^\[less: full-screen, .*\]\n$|^$/)
    await bench.client.write(id, 'q', { wait_for: 'prompt' })
  })
})
