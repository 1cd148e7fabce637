import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import type { Facts } from '../support/harness.js'
import { describeRemote, memory } from '../support/remote.js'

/** Figures, printed and never asserted: npm run bench */
const show = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(60)} ${value}\n`)
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

const GIB = 2 ** 30
const ROUNDS = 3

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

describeRemote(
  'copying files',
  (bench) => {
    const connection = () => bench.remote.sshd.connection
    const place = (name: string): string => join(bench.remote.sshd.directory, name)
    const options = (): string[] => [
      ...['-i', bench.remote.sshd.identityFile, '-o', `UserKnownHostsFile=${bench.remote.sshd.knownHosts}`],
      ...['-o', 'IdentitiesOnly=yes'],
    ]
    const far = (path: string): string => `${userInfo().username}@127.0.0.1:${path}`
    const ours = async (tool: string, args: Facts): Promise<void> => {
      const result = await bench.remote.client.call(tool, { ...connection(), ...args })
      if (!result.ok) throw new Error(JSON.stringify(result))
    }
    const plainScp = (...args: string[]): void =>
      void execFileSync('scp', ['-q', '-P', String(bench.remote.sshd.port), ...options(), ...args])

    /** Ours and the plain program in turns, so that a neighbour's load meets both. */
    async function compared(
      what: string,
      our: () => Promise<void>,
      plain: () => void,
      target: string,
    ): Promise<void> {
      const times: { our: number[]; plain: number[] } = { our: [], plain: [] }
      for (let round = 0; round < ROUNDS; round++) {
        rmSync(target, { force: true, recursive: true })
        times.our.push(await timed(our))
        rmSync(target, { force: true, recursive: true })
        times.plain.push(await timed(plain))
      }
      rmSync(target, { force: true, recursive: true })
      const [one, other] = [median(times.our), median(times.plain)]
      show(
        what,
        `${one.toFixed(0)} ms, plain ${other.toFixed(0)} ms: ${(other / one).toFixed(2)} of its rate`,
      )
    }

    it('1 GiB by ssh_scp, beside plain scp', async () => {
      execFileSync('sh', ['-c', `head -c ${GIB} /dev/urandom > '${place('big')}'`])
      await ours('ssh_exec', { command: 'true' })
      const before = memory(bench.remote.daemonPid(), 'VmRSS')
      const to = place('copy')
      const up = { direction: 'upload', sources: [place('big')], destination: to }
      await compared(
        '1 GiB up',
        () => ours('ssh_scp', up),
        () => plainScp('--', place('big'), far(to)),
        to,
      )
      const down = { direction: 'download', sources: [place('big')], destination: to }
      await compared(
        '1 GiB down',
        () => ours('ssh_scp', down),
        () => plainScp('--', far(place('big')), to),
        to,
      )
      const after = memory(bench.remote.daemonPid(), 'VmHWM')
      show('memory of the daemon before, and at most', `${before.toFixed(0)} MB, ${after.toFixed(0)} MB`)
      rmSync(place('big'))
    })

    it('a small file, and many', async () => {
      writeFileSync(place('small'), 'x')
      const one = { direction: 'upload', sources: [place('small')], destination: place('copy') }
      const plainOne = (): void => plainScp('--', place('small'), far(place('copy')))
      await compared('one byte up', () => ours('ssh_scp', one), plainOne, place('copy'))
      mkdirSync(place('tree'))
      for (let i = 0; i < 2000; i++) writeFileSync(place(`tree/${i}`), String(i))
      const many = {
        direction: 'upload',
        sources: [place('tree')],
        destination: place('copy'),
        recursive: true,
      }
      const plainMany = (): void => plainScp('-r', '--', place('tree'), far(place('copy')))
      await compared('2,000 files up', () => ours('ssh_scp', many), plainMany, place('copy'))
    })

    it('a directory of 100,000', async () => {
      mkdirSync(place('list'))
      execFileSync('sh', ['-c', `cd '${place('list')}' && seq 1 100000 | xargs touch`])
      const listing = await timed(() => ours('ssh_list_files', { path: place('list') }))
      show('ssh_list_files of 100,000 entries', `${listing.toFixed(0)} ms`)
    })
  },
  { env: { SSH_MCP_LOCAL_ROOTS: '/' } },
)
