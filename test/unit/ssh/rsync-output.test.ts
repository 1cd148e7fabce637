import { describe, expect, it } from 'vitest'
import { type RsyncCounts, RsyncOutput } from '../../../src/ssh/rsync-output.js'

interface Read extends RsyncCounts {
  text: string
  progress: string | null
}

function read(bytes: Buffer, sizes: (left: number) => number): Read {
  let text = ''
  const output = new RsyncOutput('MARK', (line) => {
    text += line.toString('utf8')
  })
  for (let at = 0; at < bytes.length; ) {
    const size = sizes(bytes.length - at)
    output.push(bytes.subarray(at, at + size))
    at += size
  }
  return { ...output.counts, text, progress: output.progress }
}

/** Whole, byte by byte, and in pieces of three. */
function readings(stream: string): Read {
  const bytes = Buffer.from(stream)
  const whole = read(bytes, (left) => left)
  for (const size of [1, 3]) expect(read(bytes, () => size)).toEqual(whole)
  return whole
}

describe('what rsync prints', () => {
  it('is a list of changes, counted, and how far it is', () => {
    const stream =
      'created directory out\nMARK cd+++++++++ 4096 9 ./\nMARK <f+++++++++ 5 9 ünï\n\r      5   8%    0.00kB/s    0:00:00  ' +
      '\r     12,345  45%   10.00MB/s    0:00:12 (xfr#1, to-chk=6/8)\nMARK >f.st...... 7 9 a b\nMARK cL+++++++++ 1 9 l -> f\n' +
      'MARK *deleting   0 9 old/\nMARK .d..t...... 10 9 d/\n'
    expect(readings(stream)).toEqual({
      ...{ files: 2, bytes: 12, deleted: 1, progress: '12,345 bytes, 45 %, 10.00MB/s' },
      text:
        'created directory out\ncd+++++++++ ./\n<f+++++++++ ünï\n>f.st...... a b\ncL+++++++++ l -> f\n*deleting   old/\n' +
        '.d..t...... d/\n',
    })
  })

  it('is counted by its sizes, whatever the names look like', () => {
    const names = ['>f+++++++++ 99 x', 'MARK <f+++++++++ 99 9 x', '12', '\\#012', ' 45%', '*deleting   x']
    const stream = names.map((name) => `MARK <f+++++++++ 1 9 ${name}\n`).join('')
    const text = names.map((name) => `<f+++++++++ ${name}\n`).join('')
    expect(readings(stream)).toEqual({ files: 6, bytes: 6, deleted: 0, progress: null, text })
  })

  it('is nothing more where it was cut off', () => {
    expect(readings('MARK <f+++++++++ 1 9 a\nMARK <f+++++++++ 1 9 b').files).toBe(1)
  })

  it('is shown as it is where it is of no known form', () => {
    expect(readings('MARK odd\nsent 1 bytes\n').text).toBe('odd\nsent 1 bytes\n')
  })
})
