import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TranscriptFile } from '../../../src/platform/transcript-file.js'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'transcript-'))
  path = join(directory, 'transcript.log')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('TranscriptFile.create', () => {
  it.each([0o000, 0o022, 0o077, 0o277, 0o777])('makes a file for its owner only under umask %o', (umask) => {
    const before = process.umask(umask)
    try {
      TranscriptFile.create(path).close()
    } finally {
      process.umask(before)
    }
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('does not write to a file that is there', () => {
    writeFileSync(path, 'mine')
    expect(() => TranscriptFile.create(path)).toThrow(/EEXIST/)
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  it.each([
    ['to a file', 'target', true],
    ['to nothing', 'nowhere', false],
  ])('does not follow a link that was laid there %s', (_, name, exists) => {
    const target = join(directory, name)
    if (exists) writeFileSync(target, 'mine')
    symlinkSync(target, path)
    expect(() => TranscriptFile.create(path)).toThrow(/EEXIST|ELOOP/)
    expect(existsSync(target)).toBe(exists)
    if (exists) expect(readFileSync(target, 'utf8')).toBe('mine')
  })
})

describe('TranscriptFile', () => {
  it('appends, and reads from any offset', () => {
    const file = TranscriptFile.create(path)
    expect(file.size).toBe(0)
    expect(file.append(Buffer.from('hello '))).toBe(6)
    file.append(Buffer.from('world'))
    expect(file.size).toBe(11)
    expect(file.read(0, 100).toString()).toBe('hello world')
    expect(file.read(6, 3).toString()).toBe('wor')
    file.append(Buffer.from('!'))
    expect(readFileSync(path, 'utf8')).toBe('hello world!')
    file.close()
  })

  it.each([
    ['at its end', 5, 10],
    ['past its end', 50, 10],
    ['of no length', 0, 0],
  ])('reads nothing %s', (_, offset, length) => {
    const file = TranscriptFile.create(path)
    file.append(Buffer.from('hello'))
    expect(file.read(offset, length).length).toBe(0)
    file.close()
  })

  it('still reads once it is closed, and takes nothing more', () => {
    const file = TranscriptFile.create(path)
    file.append(Buffer.from('hello'))
    file.close()
    file.close()
    expect(file.read(1, 3).toString()).toBe('ell')
    expect(() => file.append(Buffer.from('x'))).toThrow(/closed/)
    expect(readFileSync(path, 'utf8')).toBe('hello')
  })

  it('reads nothing where the person has removed it', () => {
    const file = TranscriptFile.create(path)
    file.append(Buffer.from('hello'))
    file.close()
    rmSync(path)
    expect(file.read(0, 5).length).toBe(0)
  })

  it('reads nothing through a link that took its place', () => {
    const file = TranscriptFile.create(path)
    file.append(Buffer.from('hello'))
    file.close()
    renameSync(path, join(directory, 'moved'))
    writeFileSync(join(directory, 'secret'), 'SECRET')
    symlinkSync(join(directory, 'secret'), path)
    expect(file.read(0, 5).length).toBe(0)
  })

  it('reads what there is of a file that was made shorter', () => {
    const file = TranscriptFile.create(path)
    file.append(Buffer.from('hello'))
    truncateSync(path, 2)
    expect(file.read(0, 5).toString()).toBe('he')
    file.close()
  })
})

describe('TranscriptFile.reopen', () => {
  it('reads a file of earlier, and takes nothing more', () => {
    writeFileSync(path, 'earlier')
    const file = TranscriptFile.reopen(path)
    expect([file.size, file.read(0, 100).toString()]).toEqual([7, 'earlier'])
    expect(() => file.append(Buffer.from('x'))).toThrow(/closed/)
  })

  it('reads a file that is gone as empty', () => {
    const file = TranscriptFile.reopen(path)
    expect([file.size, file.read(0, 100).length]).toEqual([0, 0])
  })
})
