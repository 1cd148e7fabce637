import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One thing that a scenario of the suite has looked at. */
interface Check {
  id: string
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  errorMessage?: string
}

/** What was found, by the names of the scenarios. */
export type Outcome = ReadonlyMap<string, readonly Check[]>

/** Check ids of what was found wrong, by the names of the scenarios. */
export type Findings = Readonly<Record<string, readonly string[]>>

const GLOB_SYNC = fileURLToPath(new URL('glob-sync.mjs', import.meta.url))
const require = createRequire(import.meta.url)
const SUITE = require.resolve('@modelcontextprotocol/conformance/dist/index.js')

/** The suite's directories are called after the scenario and the time. */
const DIRECTORY = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/

/** Runs all that the official suite has for servers of one version of the protocol, in a process of its own. */
export async function runSuite(url: string, version: string): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'sm-conformance-'))
  try {
    const which = ['--suite', 'all', '--spec-version', version]
    const said = await run('server', '--url', url, '--output-dir', directory, ...which)
    const found = await readdir(directory)
    if (found.length === 0) throw new Error(`the suite has run nothing:\n${said}`)
    return new Map(await Promise.all(found.map((name) => scenario(directory, name))))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** That it ends with 1 says only that something was found; what, is in its files. */
const run = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    const options = { timeout: 50_000, env: { ...process.env, NO_COLOR: '1' } }
    execFile(process.execPath, ['--import', GLOB_SYNC, SUITE, ...args], options, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })

async function scenario(directory: string, name: string): Promise<[string, Check[]]> {
  const checks = JSON.parse(await readFile(join(directory, name, 'checks.json'), 'utf8'))
  return [DIRECTORY.exec(name)?.[1] ?? name, checks]
}

/** Every message that the server sent is in the protocol's schema. */
export const SCHEMA = 'wire-schema-valid'

/** In these the suite speaks HTTP by itself, and looks at no message. */
const UNSEEN = [
  'dns-rebinding-protection',
  'server-session-lifecycle',
  'server-sse-multiple-streams',
  'server-sse-polling',
]

/** What was found wrong. Unlike for the suite itself a warning is a fault, and so is a scenario that has seen nothing. */
export function findings(outcome: Outcome): Findings {
  const wrong = [...outcome].map(([name, checks]) => [name, wrongIn(name, checks)] as const)
  return Object.fromEntries(wrong.filter(([, ids]) => ids.length > 0))
}

function wrongIn(name: string, checks: readonly Check[]): string[] {
  const wrong = checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id }) => id)
  const isIdle = wrong.length === 0 && !checks.some(({ status }) => status === 'SUCCESS')
  const isBlind = !UNSEEN.includes(name) && !checks.some(({ id }) => id === SCHEMA)
  return [...wrong, ...(isIdle ? ['nothing was looked at'] : []), ...(isBlind ? [SCHEMA] : [])]
}

/** What the suite said of some findings, for who reads that a test failed. */
export const explained = (outcome: Outcome): string =>
  [...outcome]
    .flatMap(([name, checks]) => checks.map((check) => ({ ...check, name })))
    .filter(({ errorMessage }) => errorMessage !== undefined)
    .map(({ name, id, errorMessage }) => `${name}, ${id}: ${errorMessage}`)
    .join('\n')
