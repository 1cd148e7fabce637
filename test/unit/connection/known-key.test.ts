import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownFingerprint } from '../../../src/connection/known-key.js'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIMHc6fcYUPkxBAVTGgHy0wYGfG6tUPd6OWzAxcGRdmzk'

let directory: string
let path: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'known-'))
  path = join(directory, 'known_hosts')
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What ssh itself says of a key. */
function fingerprint(type: string, key: string): string {
  const file = join(directory, 'key.pub')
  writeFileSync(file, `${type} ${key}\n`)
  return execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).split(' ')[1] as string
}

const of = (text: string, line = 1): Promise<string | null> => {
  writeFileSync(path, text)
  return knownFingerprint({ path, line })
}

describe('knownFingerprint', () => {
  it.each(['ed25519', 'ecdsa'])('is what ssh prints for a key of type %s', async (type) => {
    const file = join(directory, type)
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
    const [name = '', key = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ')
    expect(await of(`h ${name} ${key}\n`)).toBe(fingerprint(name, key))
  })

  it.each<[string, string, number]>([
    ['a plain line', `h ssh-ed25519 ${KEY}\n`, 1],
    ['a comment behind the key', `h ssh-ed25519 ${KEY} me@h AAAAB3\n`, 1],
    ['hashed names', `|1|c2FsdA==|aGFzaA== ssh-ed25519 ${KEY}\n`, 1],
    ['a name that begins like a key', `AAA ssh-ed25519 ${KEY}\n`, 1],
    ['several names', `h,10.0.0.5,[h]:2222 ssh-ed25519 ${KEY}\n`, 1],
    ['a marker', `@revoked h ssh-ed25519 ${KEY}\n`, 1],
    ['tabs and blanks', `h\tssh-ed25519  ${KEY}`, 1],
    ['line ends of Windows', `# x\r\nh ssh-ed25519 ${KEY}\r\n`, 2],
    ['another line', `a ssh-ed25519 AAAA\n\n# comment\nh ssh-ed25519 ${KEY}\nb ssh-rsa AAAA\n`, 4],
  ])('finds the key in %s', async (_, text, line) => {
    expect(await of(text, line)).toBe(fingerprint('ssh-ed25519', KEY))
  })

  it.each<[string, string, number]>([
    ['an empty file', '', 1],
    ['an empty line', '\n', 1],
    ['a comment', '# nothing\n', 1],
    ['a line that is not there', `h ssh-ed25519 ${KEY}\n`, 3],
    ['no line', `h ssh-ed25519 ${KEY}\n`, 0],
    ['a line without a key', 'h ssh-ed25519\n', 1],
  ])('is none for %s', async (_, text, line) => {
    expect(await of(text, line)).toBeNull()
  })

  it.each(['/does/not/exist', '/'])('is none where %s cannot be read', async (nowhere) => {
    expect(await knownFingerprint({ path: nowhere, line: 1 })).toBeNull()
  })
})
