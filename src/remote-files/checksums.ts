import { createHash } from 'node:crypto'

/** What the remote's programs say of a content, by which it is told whether a file is still what was read. */
export interface Checksums {
  sha256: string
  md5: string
  cksum: string
}

export const checksumsOf = (bytes: Buffer): Checksums => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  md5: createHash('md5').update(bytes).digest('hex'),
  cksum: String(cksum(bytes)),
})

/** POSIX's own: a CRC with the generator of Ethernet, not reflected, over the bytes and then their number. */
function cksum(bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) crc = next(crc, byte)
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256))
    crc = next(crc, length & 0xff)
  return ~crc >>> 0
}

const next = (crc: number, byte: number): number =>
  ((crc << 8) ^ (TABLE[((crc >>> 24) ^ byte) & 0xff] as number)) >>> 0

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})
