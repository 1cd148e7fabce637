import { invalid, ToolError } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import { securePrivateDirectory } from '../platform/paths.js'
import { homeOf, type ProtectedPlaces, protectedPlaces } from './places.js'
import { fromText, isWithin, join, parent, type RawPath, toText } from './raw-path.js'
import { type RealPath, realPath } from './real-path.js'
import { type Roots, rootsOf } from './roots.js'

type Access = 'read' | 'write'

/** A place that may be written. */
export interface Writable {
  real: RawPath
  /** What is there now. */
  exists: 'file' | 'directory' | 'other' | null
}

interface Place {
  path: RawPath
  folded: string
}

/** Where the transfers of one caller may read and write on this machine. Everything is judged by its real path. */
export class Fence {
  readonly #roots: Roots
  readonly #places: Record<Access, Place[]>

  constructor(roots: Roots, { both, write }: ProtectedPlaces) {
    this.#roots = roots
    this.#places = { read: both.map(placeOf), write: [...both, ...write].map(placeOf) }
  }

  /**
   * The real path of a source. Outside of the fence nobody learns whether it exists.
   * @param path absolute @throws policy_denied, or validation_error if it is inside and not there
   */
  async readable(path: RawPath): Promise<RawPath> {
    const { real, stat, left } = this.#look(path)
    this.#check(real, left, path, 'read')
    if (stat === null) throw invalid(`'${toText(path)}' does not exist here, or cannot be read.`)
    return real
  }

  /**
   * Where a destination really is: it need not exist, but what it is to be made in must.
   * @param path absolute @throws policy_denied, or validation_error without a directory for it
   */
  async writable(path: RawPath): Promise<Writable> {
    const { real, stat, left } = this.#look(path)
    this.#check(real, left, path, 'write')
    if (stat !== null)
      return { real, exists: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other' }
    if (realPath(parent(real)).stat?.isDirectory()) return { real, exists: null }
    throw invalid(
      `'${toText(path)}' cannot be written: the directory for it does not exist. Make that first.`,
    )
  }

  /** @param real a real path */
  mayRead(real: RawPath): boolean {
    return this.#isInside(real) && !this.#isProtected(real, 'read')
  }

  /** @param real a real path */
  mayWrite(real: RawPath): boolean {
    return this.#isInside(real) && !this.#isProtected(real, 'write')
  }

  /** Protected places below a directory that is to be written or read as a whole, relative to it. */
  protectedIn(directory: RawPath, access: Access = 'write'): RawPath[] {
    const top = folded(join(directory, ''))
    const depth = directory === '/' ? 1 : directory.split('/').length
    return this.#places[access]
      .filter((place) => place.folded.startsWith(top) && this.#isProtected(place.path, access))
      .map(({ path }) => path.split('/').slice(depth).join('/'))
  }

  /** The real directories that all this is about. */
  get places(): RawPath[] {
    return this.#roots.all.map(({ real }) => real)
  }

  #look(path: RawPath): RealPath {
    const found = realPath(path)
    const { exchange } = this.#roots
    if (exchange === null || found.stat !== null || !isWithin(found.real, realPath(exchange).real))
      return found
    securePrivateDirectory(toText(exchange))
    return realPath(path)
  }

  /** A way through places outside is as good as one that ends there: whether it exists is nobody's business. */
  #check(real: RawPath, left: readonly RawPath[], asked: RawPath, access: Access): void {
    const verb = access === 'read' ? 'read' : 'written'
    if (!this.#isInside(real) || !left.every((directory) => this.#isKnown(directory)))
      throw denied(
        `'${toText(asked)}' cannot be ${verb}: transfers may use only ${this.#named()} on this machine.`,
      )
    if (this.#isProtected(real, access))
      throw denied(
        `'${toText(asked)}' cannot be ${verb}: keys, start files and the like are used only where the ` +
          'setting names them.',
      )
  }

  /** Whether a directory is inside, or one that a root lies in, and so certainly there. */
  #isKnown(directory: RawPath): boolean {
    const path = sameCase(directory)
    return this.#isInside(directory) || this.#roots.all.some((root) => isWithin(sameCase(root.real), path))
  }

  #isInside(real: RawPath): boolean {
    const path = sameCase(real)
    return this.#roots.all.some((root) => isWithin(path, sameCase(root.real)))
  }

  /** A place stays protected even within a root, unless a root is that place or lies in it, and holds the path. */
  #isProtected(real: RawPath, access: Access): boolean {
    const path = folded(real)
    const around = this.#places[access].filter((place) => isWithin(path, place.folded))
    if (around.length === 0) return false
    const meant = this.#roots.all.filter((root) => root.named && isWithin(path, folded(root.real)))
    return !around.every((place) => meant.some((root) => isWithin(folded(root.real), place.folded)))
  }

  #named(): string {
    return this.#roots.all.map(({ real }) => `'${toText(real)}'`).join(' and ')
  }
}

/** The fence of a caller. @throws validation_error if its setting cannot be used */
export const fenceOf = (caller: Caller): Fence => new Fence(rootsOf(caller), protectedPlaces(caller))

/** What a caller means by a path: absolute, with `.` and `..` as they are, for links change what those mean. */
export function localPath(text: string, caller: Caller): RawPath {
  if (text === '') throw invalid('A local path must not be empty.')
  if (text.includes('\0')) throw invalid('A local path must not hold a NUL.')
  if (text === '~' || text.startsWith('~/')) return join(homeOf(caller), fromText(text.slice(2)))
  return text.startsWith('/') ? fromText(text) : join(fromText(caller.cwd), fromText(text))
}

const placeOf = (path: RawPath): Place => ({ path, folded: folded(path) })

/** Protected names are compared without case: a file system may not tell .BASHRC from .bashrc. */
const folded = (path: RawPath): string => fromText(toText(path).normalize('NFC').toLowerCase())

/** Roots only where file systems commonly do not: elsewhere /A is another place than /a. */
const sameCase = (path: RawPath): string => (process.platform === 'darwin' ? folded(path) : path)

const denied = (what: string): ToolError =>
  new ToolError(
    'policy_denied',
    `${what} The person who runs this server can widen that with SSH_MCP_LOCAL_ROOTS (paths separated by ':').`,
  )
