import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StartMarker } from '../../../src/ssh/start-marker.js'
import { places, waysOfFeeding } from '../streams.js'

const MARK = 'ssh-mcp-abcdef'

function fed(chunks: readonly Buffer[], mark: string | null = MARK): { passed: string; word: string | null } {
  const passed: Buffer[] = []
  const marker = new StartMarker(mark, (chunk) => passed.push(Buffer.from(chunk)))
  for (const chunk of chunks) marker.push(Buffer.from(chunk))
  marker.finish()
  return { passed: Buffer.concat(passed).toString('latin1'), word: marker.word }
}

const CASES: [string, string, string, string | null][] = [
  ['the mark alone', `${MARK}\n`, '', ''],
  ['output behind it', `${MARK}\nout\nput`, 'out\nput', ''],
  ['what stands behind it on its line', `${MARK} 123 /bin/bash\nout`, 'out', '123 /bin/bash'],
  ['a path with blanks', `${MARK} 123 /a b/sh \nout`, 'out', '123 /a b/sh'],
  ['a number alone', `${MARK} 123 \nout`, 'out', '123'],
  ['line ends of a terminal', `${MARK} 123 /bin/sh\r\nout\r\n`, 'out\r\n', '123 /bin/sh'],
  ['noise of a login before it', `Welcome!\r\n\x1b[1mhi\x1b[m\n${MARK} 1\nout`, 'out', '1'],
  ['noise on the same line', `no newline${MARK} 1\nout`, 'out', '1'],
  ['noise that begins like it', `ssh-mcp-ssh-mcp-abc\n${MARK} 1\nout`, 'out', '1'],
  ['a mark that comes twice, of which the first counts', `${MARK} 1\n${MARK} 2\n`, `${MARK} 2\n`, '1'],
  ['bytes that are no text', `\xff\xfe${MARK} 1\n\x00\xff`, '\x00\xff', '1'],
  ['no mark', 'some\noutput\n', 'some\noutput\n', null],
  ['nothing', '', '', null],
  ['a mark whose line does not end', `noise ${MARK} 12`, `noise ${MARK} 12`, null],
  ['the beginning of a mark', `noise ${MARK.slice(0, -1)}`, `noise ${MARK.slice(0, -1)}`, null],
]

describe('StartMarker', () => {
  describe.each(CASES)('takes %s', (_, stream, passed, word) => {
    it.each(waysOfFeeding(Buffer.from(stream, 'latin1'), [7, 11, 20]))('fed %s', (_, chunks) => {
      expect(fed(chunks)).toEqual({ passed, word })
    })
  })

  it('passes the same at any cut', () => {
    const noise = fc.uint8Array({ maxLength: 200 }).map((part) => Buffer.from(part))
    const marked = fc.constantFrom(`${MARK} 1 /bin/sh\n`, MARK.slice(0, 8), '')
    fc.assert(
      fc.property(noise, marked, noise, places, (before, mark, after, cuts) => {
        const stream = Buffer.concat([before, Buffer.from(mark), after])
        const expected = fed([stream])
        if (mark.endsWith('\n'))
          expect(expected).toEqual({ passed: after.toString('latin1'), word: '1 /bin/sh' })
        for (const [, chunks] of waysOfFeeding(stream, cuts)) expect(fed(chunks)).toEqual(expected)
      }),
    )
  })

  it('has nothing to look for where there is no mark', () => {
    const seen: string[] = []
    const marker = new StartMarker(null, (chunk) => seen.push(chunk.toString()))
    for (const part of [`${MARK} 1\n`, '', 'b']) marker.push(Buffer.from(part))
    marker.finish()
    expect(seen).toEqual([`${MARK} 1\n`, '', 'b'])
    expect(marker.word).toBeNull()
  })

  it('passes output on as it comes once the mark was there', () => {
    const seen: string[] = []
    const marker = new StartMarker(MARK, (chunk) => seen.push(chunk.toString()))
    for (const part of ['x', `${MARK} 5\n`, 'a', 'b']) marker.push(Buffer.from(part))
    expect(seen).toEqual(['a', 'b'])
    marker.finish()
    expect(seen).toEqual(['a', 'b'])
    expect(marker.word).toBe('5')
  })

  it('holds back what may be noise until the end', () => {
    const seen: number[] = []
    const marker = new StartMarker(MARK, (chunk) => seen.push(chunk.length))
    marker.push(Buffer.alloc(64 * 1024, 'x'))
    expect(seen).toEqual([])
    marker.finish()
    expect(seen).toEqual([64 * 1024])
    marker.finish()
    expect(seen).toEqual([64 * 1024])
  })

  it('gives up after 64 KiB, passes all on and looks no further', () => {
    const seen: number[] = []
    const marker = new StartMarker(MARK, (chunk) => seen.push(chunk.length))
    marker.push(Buffer.alloc(64 * 1024, 'x'))
    marker.push(Buffer.from('y'))
    expect(seen).toEqual([64 * 1024 + 1])
    marker.push(Buffer.from(`${MARK} 1\n`))
    expect(seen).toEqual([64 * 1024 + 1, MARK.length + 3])
    expect(marker.word).toBeNull()
  })

  it('takes a chunk that is used again afterwards', () => {
    const shared = Buffer.alloc(4)
    let passed = ''
    const marker = new StartMarker(MARK, (chunk) => {
      passed += chunk.toString()
    })
    for (const part of `abcd${MARK} 99\nendofthem`.match(/.{1,4}|\n/gs) ?? []) {
      shared.fill('?')
      marker.push(shared.subarray(0, shared.write(part)))
    }
    expect([marker.word, passed]).toEqual(['99', 'endofthem'])
  })

  it('looks through noise that comes in many small pieces in no time', () => {
    const chunks = Array.from({ length: 16 * 1024 }, () => Buffer.from('xxxx'))
    const start = performance.now()
    expect(fed([...chunks, Buffer.from(`${MARK} 1\n`)])).toEqual({ passed: '', word: '1' })
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
