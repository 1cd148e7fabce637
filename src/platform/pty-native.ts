import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { ToolError } from '../common/errors.js'

/** What node-pty's native fork returns: the master descriptor, the child, and the slave's path. */
interface ForkedPty {
  fd: number
  pid: number
  pty: string
}

/** The two native calls this project uses of node-pty 1.2.0-beta.15 (its src/unix/pty.cc). */
export interface NativePty {
  fork(
    file: string,
    args: string[],
    env: string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): ForkedPty
  resize(fd: number, cols: number, rows: number, xPixels: number, yPixels: number): void
}

const PINNED = '1.2.0-beta.15'
const FIX = `Install it again with: npm install node-pty@${PINNED} --allow-scripts=node-pty`

let loaded: { native: NativePty; helper: string } | undefined

/**
 * The native half of node-pty, loaded once and checked to be the version this layer was built on:
 * its JavaScript half loses output on Node 20 (see src/README.md), so we depend on internals.
 */
export function loadNativePty(): { native: NativePty; helper: string } {
  loaded ??= load()
  return loaded
}

function load(): { native: NativePty; helper: string } {
  refuseMusl()
  const require = createRequire(import.meta.url)
  try {
    const version = (require('node-pty/package.json') as { version: string }).version
    if (version !== PINNED) throw new Error(`found version ${version}, and only ${PINNED} is known to work`)
    const utilsPath = require.resolve('node-pty/lib/utils.js')
    const utils = require(utilsPath) as { loadNativeModule(name: string): { dir: string; module: NativePty } }
    const { dir, module } = utils.loadNativeModule('pty')
    if (typeof module.fork !== 'function' || typeof module.resize !== 'function') {
      throw new Error('its native module has no fork and resize')
    }
    return { native: module, helper: resolve(dirname(utilsPath), dir, 'spawn-helper') }
  } catch (error) {
    throw new ToolError('internal_error', `node-pty could not be loaded: ${(error as Error).message}. ${FIX}`)
  }
}

/** The Linux prebuild is linked against glibc 2.28; under musl it loads and then crashes at its first use. */
function refuseMusl(): void {
  if (process.platform !== 'linux') return
  // Without this the report may look up names of the network.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  if (report.header?.glibcVersionRuntime) return
  throw new ToolError(
    'internal_error',
    'This system has no glibc (Alpine?), and node-pty ships no build for musl. Use a glibc system such as Debian.',
  )
}
