import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { Pty } from '../../src/platform/pty.js'
import { CLI, describeSessions, type Facts } from '../support/harness.js'
import { RawClient } from '../support/raw-client.js'

/** Figures as ratios of one run, printed and never asserted: npm run bench */
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
const show = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(68)} ${value}\n`)

describeSessions(
  'figures',
  (bench) => {
    const ssh = () => {
      const { target, port, identity_file, known_hosts_file } = bench.sshd.connection
      return [
        '-tt',
        '-e',
        'none',
        '-i',
        identity_file,
        '-o',
        `UserKnownHostsFile=${known_hosts_file}`,
        '-p',
        String(port),
        target,
      ]
    }
    const env = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color' }

    /** MB/s from the first byte to the last of a file printed through a bare `ssh -tt`, our PTY layer discarding it. */
    function bare(file: string): Promise<number> {
      return new Promise((resolve) => {
        let first = 0
        let bytes = 0
        const args = [...ssh(), `cat ${file}`]
        new Pty({
          ...{ file: '/usr/bin/ssh', args, env, cwd: '/', cols: 120, rows: 40 },
          onData: (chunk) => {
            first ||= performance.now()
            bytes += chunk.length
          },
          onExit: () => resolve(bytes / 1e3 / (performance.now() - first)),
        })
      })
    }

    async function session(file: string, observer_mode: string): Promise<number> {
      const { session_id, transcript_path } = await bench.client.ensure({
        ...bench.sshd.connection,
        session_name: `bulk ${observer_mode} ${Math.random()}`,
        observer_mode,
      })
      const start = performance.now()
      await bench.client.write(session_id, `cat ${file}\n`, {
        wait_for: 'prompt',
        wait_seconds: 50,
        max_output_chars: 1,
      })
      const ms = performance.now() - start
      const bytes = statSync(transcript_path).size
      await bench.client.call('ssh_stop_session', { session_id })
      return bytes / 1e3 / ms
    }

    it('throughput', async () => {
      const file = join(bench.sshd.directory, 'lines')
      writeFileSync(file, Array.from({ length: 800_000 }, (_, i) => `${i} ${'x'.repeat(66)}`).join('\n'))
      const rates: Record<string, number[]> = { bare: [], transcript: [], tmux: [] }
      for (let round = 0; round < 3; round++) {
        rates.bare?.push(await bare(file))
        rates.transcript?.push(await session(file, 'transcript'))
        rates.tmux?.push(await session(file, 'tmux'))
      }
      const base = median(rates.bare as number[])
      for (const [name, values] of Object.entries(rates)) {
        show(
          `60 MB of lines, ${name}`,
          `${median(values).toFixed(1)} MB/s, ${(median(values) / base).toFixed(2)} of bare`,
        )
      }
    })

    it('latency', async () => {
      const { session_id } = await bench.client.ensure({ ...bench.sshd.connection, session_name: 'latency' })
      const times: Record<string, number[]> = { prompt: [], output: [], list: [] }
      const timed = async (name: string, work: () => Promise<Facts>): Promise<void> => {
        const start = performance.now()
        await work()
        times[name]?.push(performance.now() - start)
      }
      for (let round = 0; round < 200; round++) {
        await timed('prompt', () => bench.client.write(session_id, 'echo hi\n'))
        await timed('output', () => bench.client.write(session_id, 'x', { wait_for: 'output' }))
        await bench.client.call('ssh_write_session', {
          session_id,
          keys: ['BSpace'],
          wait_seconds: 0,
        })
        await timed('list', () => bench.client.call('ssh_list_sessions'))
      }
      show('write `echo hi`, back at the prompt', `${median(times.prompt as number[]).toFixed(2)} ms`)
      show('write one key, its echo', `${median(times.output as number[]).toFixed(2)} ms`)
      show('list sessions', `${median(times.list as number[]).toFixed(2)} ms`)
    })

    it('start', async () => {
      const node: number[] = []
      const list: number[] = []
      const opened: number[] = []
      const plain: number[] = []
      for (let round = 0; round < 9; round++) {
        let start = performance.now()
        spawnSync(process.execPath, ['-e', '0'])
        node.push(performance.now() - start)
        start = performance.now()
        const raw = new RawClient(bench.place.env)
        raw.send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n')
        await new Promise((resolve) => raw.child.stdout.once('data', resolve))
        list.push(performance.now() - start)
        raw.child.stdin.end()
        start = performance.now()
        const { session_id } = await bench.client.ensure({
          ...bench.sshd.connection,
          session_name: `open ${round}`,
        })
        opened.push(performance.now() - start)
        await bench.client.call('ssh_stop_session', { session_id })
        start = performance.now()
        await new Promise((resolve) => {
          const child = spawn('ssh', [...ssh(), '-n'], { stdio: ['pipe', 'pipe', 'ignore'] })
          child.stdout.on('data', (text) => String(text).includes('remote$ ') && child.kill())
          child.on('exit', resolve)
        })
        plain.push(performance.now() - start)
      }
      show('node -e 0', `${median(node).toFixed(0)} ms`)
      show('spawn to tools/list, daemon running', `${median(list).toFixed(0)} ms`)
      show('ensure to the prompt', `${median(opened).toFixed(0)} ms`)
      show('plain ssh -tt to the prompt', `${median(plain).toFixed(0)} ms`)
    })

    it('large reads, and how long they hold others up', async () => {
      const session_id = 'large'
      await bench.client.ensure({ ...bench.sshd.connection, session_name: session_id })
      const command = 'seq 1 300000; echo D"ONE"\n'
      const until = { wait_for: 'pattern', pattern: '^DONE', wait_seconds: 40, max_output_chars: 1 }
      await bench.client.write(session_id, command, until)
      for (const format of ['text', 'raw', 'text', 'raw']) {
        const start = performance.now()
        const reading = bench.client
          .read(session_id, { offset: 0, format, max_output_chars: 1_000_000, wait_seconds: 0 })
          .then(() => performance.now() - start)
        let longest = 0
        let done = false
        void reading.then(() => {
          done = true
        })
        while (!done) {
          const asked = performance.now()
          await bench.client.call('ssh_list_sessions')
          longest = Math.max(longest, performance.now() - asked)
        }
        show(
          `1 MB of short lines as ${format}`,
          `${(await reading).toFixed(0)} ms, another call ${longest.toFixed(0)} ms`,
        )
      }
    })

    it('one-off commands', async () => {
      const command = { ...bench.sshd.connection, command: 'true' }
      const cold = performance.now()
      await bench.client.call('ssh_exec', command)
      show('ssh_exec `true`, with a new connection', `${(performance.now() - cold).toFixed(0)} ms`)
      const path = join(bench.sshd.directory, 'm')
      const options = ssh().slice(3)
      spawnSync('ssh', ['-fNM', '-S', path, ...options], { stdio: 'ignore' })
      const times: Record<string, number[]> = { exec: [], mux: [] }
      for (let round = 0; round < 60; round++) {
        let start = performance.now()
        await bench.client.call('ssh_exec', command)
        times.exec?.push(performance.now() - start)
        start = performance.now()
        await new Promise((resolve) =>
          spawn('ssh', ['-S', path, ...options, 'true'], { stdio: 'ignore' }).on('exit', resolve),
        )
        times.mux?.push(performance.now() - start)
      }
      const [exec, mux] = [median(times.exec as number[]), median(times.mux as number[])]
      show('ssh_exec `true`', `${exec.toFixed(1)} ms, ${(exec / mux).toFixed(2)} of ssh -S master host true`)

      const { pid } = JSON.parse(bench.place.run('status', '--json'))
      const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
      const before = rss()
      let most = before
      const looking = setInterval(() => {
        most = Math.max(most, rss())
      }, 20)
      const gigabyte = 'head -c 1000000000 /dev/zero'
      let start = performance.now()
      await bench.client.call('ssh_exec', { ...command, command: gigabyte, timeout: 0 })
      const ours = performance.now() - start
      clearInterval(looking)
      start = performance.now()
      await new Promise((resolve) =>
        spawn('ssh', ['-S', path, ...options, gigabyte], { stdio: 'ignore' }).on('exit', resolve),
      )
      const theirs = performance.now() - start
      spawnSync('ssh', ['-S', path, '-O', 'exit', 'x'], { stdio: 'ignore' })
      show(
        'ssh_exec with 1 GB of stdout',
        `${(1e6 / ours).toFixed(0)} MB/s, ${(theirs / ours).toFixed(2)} of ssh -S; the daemon grew by ${((most - before) / 1000).toFixed(0)} MB`,
      )
    })

    it('sizes', async () => {
      const { pid } = JSON.parse(bench.place.run('status', '--json'))
      show('daemon memory', `${/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]} KB`)
      const { tools } = await bench.client.mcp.listTools()
      show(`tools/list of ${tools.length} tools`, `${JSON.stringify(tools).length} bytes`)
      show('command line', CLI.split('/').slice(-2).join('/'))

      const plain = await bench.place.client({ SSH_MCP_STRUCTURED: '' })
      const facts = async (name: string, args: Facts): Promise<number> =>
        Buffer.byteLength((await plain.call(name, args)).texts.at(-1))
      const session = { ...bench.sshd.connection, session_name: 'deploy-api' }
      const session_id = 'deploy-api'
      show('facts of an ensure', `${await facts('ssh_ensure_session', session)} bytes`)
      show(
        'facts of a write of `echo hi`',
        `${await facts('ssh_write_session', { session_id, input: 'echo hi\n' })} bytes`,
      )
      show('facts of a read', `${await facts('ssh_read_session', { session_id, wait_seconds: 0 })} bytes`)
      show('facts of a run', `${await facts('ssh_run', { session_id, command: 'echo hi' })} bytes`)
      const { texts } = await plain.call('ssh_list_sessions')
      const { count } = JSON.parse(texts.at(-1))
      const listed = Buffer.byteLength(texts.join('')) / count
      show('a listed session', `${listed.toFixed(0)} bytes, of ${count}`)
    })
  },
  { SSH_MCP_MAX_SESSIONS: '100' },
)
