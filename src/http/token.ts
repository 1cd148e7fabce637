import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { errnoOf, invalid } from '../common/errors.js'

/** 256 bits: nobody guesses it, whatever is sent in however many requests. */
const TOKEN_BYTES = 32

interface KeptToken {
  token: string
  file: string
  /** Whether it was made just now, so that nobody has seen it yet. */
  isNew: boolean
}

/** The token that is kept in the state directory, made if there is none. @throws validation_error if others could have read it */
export function keptToken(stateDirectory: string): KeptToken {
  const file = join(stateDirectory, 'http-token')
  const isNew = make(file)
  return { token: read(file), file, isNew }
}

/** Under its name only when it is whole; of two doors that start at once, both use the one that was first. */
function make(file: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })) return false
  const draft = `${file}.${process.pid}`
  try {
    rmSync(draft, { force: true })
    writeFileSync(draft, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function read(file: string): string {
  const descriptor = opened(file)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile() || stat.size > 4096) throw refusal(file, 'is no file of a token')
    if (stat.uid !== process.getuid?.()) throw refusal(file, 'belongs to another user')
    if (stat.mode & 0o077) throw refusal(file, 'may be read by others')
    const token = readFileSync(descriptor, 'utf8').trim()
    if (!/^[\x21-\x7e]{16,}$/.test(token)) throw refusal(file, 'holds no token of 16 characters or more')
    return token
  } finally {
    closeSync(descriptor)
  }
}

function opened(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw refusal(file, `cannot be read (${errnoOf(error)})`)
  }
}

const refusal = (file: string, why: string): Error =>
  invalid(
    `${file} ${why}. Remove it, and a new token is made at the next start; or give one in SSH_MCP_HTTP_TOKEN.`,
  )
