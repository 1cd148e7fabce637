import { describe, expect, it } from 'vitest'
import { FrameSplitter, sshString, uint32 } from '../../../src/ssh/binary.js'
import * as sftp from '../../../src/ssh/sftp-messages.js'

const bytes = (...parts: (number[] | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)))
const name = Buffer.from('a\xff\n', 'latin1')
const attributes = bytes(
  uint32(0xf),
  uint32(1),
  uint32(2),
  uint32(7),
  uint32(8),
  uint32(0o104755),
  uint32(1),
  uint32(99),
)
const read = {
  type: 'file',
  size: 2 ** 32 + 2,
  mode: 0o4755,
  uid: 7,
  gid: 8,
  modified: 99,
}

describe('requests', () => {
  it.each([
    ['init', sftp.sftpInit(), [0, 0, 0, 5, 1, 0, 0, 0, 3]],
    [
      'lstat',
      sftp.onPath('lstat', 1, 'é\xff'.normalize('NFC')),
      [0, 0, 0, 11, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0xe9, 0xff],
    ],
    ['realpath', sftp.onPath('realpath', 0, ''), [0, 0, 0, 9, 16, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['stat', sftp.onPath('stat', 0, ''), [0, 0, 0, 9, 17, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['rename', sftp.rename(2, 'a', 'b'), [0, 0, 0, 15, 18, 0, 0, 0, 2, 0, 0, 0, 1, 97, 0, 0, 0, 1, 98]],
    [
      'setstat',
      sftp.setMode(3, 'a', 0o644),
      [0, 0, 0, 18, 9, 0, 0, 0, 3, 0, 0, 0, 1, 97, 0, 0, 0, 4, 0, 0, 1, 0xa4],
    ],
  ])('%s', (_, message, wanted) => {
    expect([...message]).toEqual(wanted)
  })
})

describe('answers', () => {
  it('reads the extensions of a server', () => {
    const version = bytes(
      [2],
      uint32(3),
      sshString('posix-rename@openssh.com'),
      sshString('1'),
      sshString('x'),
      sshString(''),
    )
    expect(sftp.sftpAnswer(version)).toEqual({
      kind: 'version',
      extensions: new Set(['posix-rename@openssh.com', 'x']),
    })
  })

  it('reads attributes, sizes beyond 4 GiB and setuid among them', () => {
    expect(sftp.sftpAnswer(bytes([105], uint32(5), attributes))).toEqual({
      kind: 'attributes',
      id: 5,
      attributes: read,
    })
  })

  it('reads names as bytes', () => {
    const names = bytes([104], uint32(6), uint32(1), sshString(name), sshString('-rw'), attributes)
    expect(sftp.sftpAnswer(names)).toEqual({
      kind: 'names',
      id: 6,
      names: [{ name: 'a\xff\n', attributes: read }],
    })
  })

  it('skips what a server tells besides', () => {
    const more = bytes([105], uint32(1), uint32(0x80000000), uint32(1), sshString('k'), sshString('v'))
    expect(sftp.sftpAnswer(more)).toMatchObject({ attributes: { size: 0, type: 'file' } })
  })

  it('takes a status without words', () => {
    expect(sftp.sftpAnswer(bytes([101], uint32(1), uint32(2)))).toEqual({
      kind: 'status',
      id: 1,
      code: 2,
      text: '',
    })
  })

  it('knows nothing of other kinds', () => {
    expect(sftp.sftpAnswer(bytes([103], uint32(1)))).toBeNull()
  })

  it.each([
    ['a count that cannot be', bytes([104], uint32(1), uint32(0x7fffffff))],
    ['a name that ends behind its message', bytes([104], uint32(1), uint32(1), uint32(500))],
    ['nothing', bytes([101])],
  ])('refuses %s', (_, message) => {
    expect(() => sftp.sftpAnswer(message)).toThrow(RangeError)
  })

  it('takes text that a start file prints for a message that is too long', () => {
    const splitter = new FrameSplitter(sftp.MAX_SFTP_BYTES, () => {})
    expect(() => splitter.push(Buffer.from('Welcome!\n'))).toThrow(RangeError)
  })
})
