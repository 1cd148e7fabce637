import fc from 'fast-check'

/** Cuts a stream at places given as any numbers; the same numbers cut the same stream in the same way. */
export function cutAt(stream: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b)
  return ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end))
}

export const places = fc.array(fc.nat(1_000_000), { maxLength: 10 })

/** The ways in which every test of a byte stream feeds it. */
export const waysOfFeeding = (
  stream: Buffer,
  cuts: readonly number[],
): readonly (readonly [string, Buffer[]])[] => [
  ['whole', [stream]],
  ['byte by byte', [...stream].map((byte) => Buffer.from([byte]))],
  ['cut at random', cutAt(stream, cuts)],
]

const text = (...parts: string[]): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...parts).map((part) => Buffer.from(part))
const words = fc.string({ maxLength: 30 }).map((part) => Buffer.from(part))
const unicode = fc.string({ unit: 'grapheme', maxLength: 12 }).map((part) => Buffer.from(part))
const csi = fc
  .tuple(
    fc.constantFrom('', '?', '>'),
    fc.array(fc.nat(2100), { maxLength: 3 }),
    fc.constantFrom(...'ABCDEFGHJKPX@`bdfhlmsu'),
  )
  .map(([prefix, params, final]) => Buffer.from(`\x1b[${prefix}${params.join(';')}${final}`))
const controls = text('\r\n', '\n', '\r', '\t', '\b', '\x07', '\x0b', '\x7f', '\0', '\u0085')
const sequences = text(
  '\x1b]0;a title\x07',
  '\x1b]8;;http://x\x1b\\',
  '\x1bPq#0~\x07-\x1b\\',
  '\x1b_apc\x1b\\',
  '\x1b(B',
  '\x1b7',
  '\x1b8',
  '\x1bM',
  '\x1bD',
  '\x1bE',
  '\x1bc',
  '\u009b31m',
  '\x1b[?2004h',
  '\x1b[?2004l',
)
/** What no well-behaved program sends, but `cat` of a binary file does. */
const broken = fc.oneof(
  fc.uint8Array({ maxLength: 6 }).map((part) => Buffer.from(part)),
  text(
    '\x1b',
    '\x1b[',
    '\x1b[3',
    '\x1b[3\r1m',
    '\x1b[3\x18',
    '\x1b]0;x',
    '\x1bP',
    '\x1b[3é',
    '\x1b\x1b[m',
    '\u009d',
  ),
)

const joined = (...parts: fc.Arbitrary<Buffer>[]): fc.Arbitrary<Buffer> =>
  fc.array(fc.oneof(...parts), { maxLength: 20 }).map((chosen) => Buffer.concat(chosen))

/** What programs send, every character and sequence of it complete. */
export const properStream = joined(words, unicode, csi, controls, sequences)

/** Anything that a terminal may be sent. */
export const anyStream = joined(words, unicode, csi, controls, sequences, broken)

const letters = fc.constantFrom('a', 'b', ' ', 'é', 'e\u0301', '日', '😀', 'ß')
const colours = fc.constantFrom('', '', '', '\x1b[31m', '\x1b[0m', '\x1b]0;t\x07')

/** Lines as `cat` prints them, with colours, none of them written over; as what is sent and what is to be read. */
export const plainLines: fc.Arbitrary<{ stream: Buffer; text: string }> = fc
  .array(
    fc.tuple(fc.array(fc.tuple(letters, colours), { maxLength: 90 }), fc.constantFrom('\r\n', '\r\n', '')),
    {
      maxLength: 12,
    },
  )
  .map((lines) => ({
    stream: Buffer.from(lines.map(([cells, end]) => cells.flat().join('') + end).join('')),
    text: lines.map(([cells, end]) => cells.map(([letter]) => letter).join('') + end.slice(1)).join(''),
  }))
