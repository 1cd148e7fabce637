import { invalid } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import { statePaths } from '../platform/paths.js'
import { homeOf, homesOf } from './places.js'
import { fromText, join, type RawPath } from './raw-path.js'
import { realPath } from './real-path.js'

/** A directory, or a file, that transfers may use. */
interface Root {
  real: RawPath
  /** Whether the person chose it for this, so that what is protected counts as meant where it is named. */
  named: boolean
}

/** Where transfers may read and write; the exchange directory among it, where it may be made. */
export interface Roots {
  all: Root[]
  exchange: RawPath | null
}

/** @throws validation_error that names the variable */
export function rootsOf(caller: Caller): Roots {
  const { localRoots } = caller.settings
  if (localRoots === null) return defaultRoots(caller)
  const real = localRootEntries(localRoots).map((entry) => realPath(rootPath(entry, caller)).real)
  return { all: real.map((path) => ({ real: path, named: true })), exchange: null }
}

/** A client is often started at home or in `/`, where nobody decided that everything may be read. */
function defaultRoots(caller: Caller): Roots {
  const exchange = fromText(statePaths(caller.env).exchange)
  const own = realPath(exchange).real
  const cwd = realPath(fromText(caller.cwd)).real
  const tooMuch = ['/', ...homesOf(caller.env).map((home) => realPath(home).real)].includes(cwd)
  const all = [...(tooMuch ? [] : [{ real: cwd, named: false }]), { real: own, named: true }]
  return { all, exchange }
}

/** `:` and `,` are separators only where a path begins behind them, for both may be part of a name. */
const localRootEntries = (text: string): string[] =>
  text
    .split(/[:,](?=[/~])/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

function rootPath(entry: string, caller: Caller): RawPath {
  if (entry === '~' || entry.startsWith('~/')) return join(homeOf(caller), fromText(entry.slice(2)))
  if (entry.startsWith('/') && !entry.includes('\0')) return fromText(entry)
  throw invalid(
    `SSH_MCP_LOCAL_ROOTS holds '${entry}', but must name absolute paths, separated by ':'. Correct it in the ` +
      "client's configuration.",
  )
}
