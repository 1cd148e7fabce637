import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Account, makeAccount, whyNoAccounts } from './accounts.js'
import { type Instruction, pairsOf, parseDockerfile } from './dockerfile.js'
import { alive } from './harness.js'
import { RawClient } from './raw-client.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Why the image cannot be laid out and run here; empty where it can. */
export function whyNoImage(): string {
  if (spawnSync('tini', ['--version']).error) return 'tini is not installed'
  return whyNoAccounts()
}

/**
 * What the Dockerfile makes, laid out in a directory of this machine and run by an account that has nothing else:
 * its commands, its environment and its files are the image's, the system around it is not.
 */
export class Image {
  readonly account: Account = makeAccount()
  readonly env: Record<string, string>
  readonly #directory = mkdtempSync(join(tmpdir(), 'image-'))
  readonly #instructions: Instruction[]

  constructor() {
    this.#instructions = parseDockerfile(readFileSync(join(ROOT, 'fixtures/docker/Dockerfile'), 'utf8'))
    const bin = join(this.#directory, 'bin')
    const path = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(':')
    this.env = { PATH: path, HOME: this.account.home, ...pairsOf(this.#one('ENV').text) }
    chmodSync(this.#directory, 0o755)
    layOut(join(this.#directory, 'app'))
    mkdirSync(bin)
    symlinkSync(join(this.#directory, 'app/dist/cli.js'), join(bin, 'ssh-mcp'))
  }

  get #user(): { uid: number; gid: number; cwd: string } {
    const id = (flag: string) => Number(execFileSync('id', [flag, this.account.name], { encoding: 'utf8' }))
    return { uid: id('-u'), gid: id('-g'), cwd: this.account.home }
  }

  /** The last instruction of that name, which is the one that counts. */
  #one(name: string): Instruction {
    const found = this.#instructions.findLast((instruction) => instruction.name === name)
    if (!found) throw new Error(`the Dockerfile has no ${name}`)
    return found
  }

  #exec(name: string): string[] {
    const words = this.#one(name).exec ?? []
    return words.map((word) => word.replace(/^\/app\//, `${this.#directory}/app/`))
  }

  /** `docker run -i -e… IMAGE args`; without `args`, what the image runs by itself. */
  run(env: Record<string, string> = {}, args: string[] = this.#exec('CMD')): RawClient {
    const [program = '', ...rest] = this.#exec('ENTRYPOINT')
    return new RawClient({ ...this.env, ...env }, args, { command: [program, ...rest], ...this.#user })
  }

  /** What the engine runs every now and then. @returns its exit code and its words */
  async health(env: Record<string, string> = {}): Promise<{ code: number | null; words: string }> {
    const [program = '', ...rest] = this.#exec('HEALTHCHECK')
    const check = new RawClient({ ...this.env, ...env }, rest, { command: [program], ...this.#user })
    let words = ''
    check.child.stderr.on('data', (text) => {
      words += text
    })
    return { code: await check.exit, words }
  }

  /** Processes of the account that have not ended. */
  processes(): number[] {
    const { stdout } = spawnSync('ps', ['-u', this.account.name, '-o', 'pid='], { encoding: 'utf8' })
    return stdout.split('\n').filter(Boolean).map(Number).filter(alive)
  }

  remove(): void {
    this.account.remove()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** What of node_modules stays behind `npm prune --omit=dev`, by the lock file; and what is copied beside it. */
function layOut(app: string): void {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const kept = Object.entries(lock.packages as Record<string, { dev?: boolean }>)
    .filter(([path, { dev }]) => path !== '' && !dev && existsSync(join(ROOT, path)))
    .map(([path]) => path)
  for (const path of ['LICENSE', 'package.json', 'dist', ...kept])
    cpSync(join(ROOT, path), join(app, path), { recursive: true })
  cpSync(join(ROOT, 'fixtures/docker/healthcheck.mjs'), join(app, 'healthcheck.mjs'))
}
