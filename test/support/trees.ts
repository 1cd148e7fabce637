import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'

/** Names that some shell, program or protocol reads as something else. */
export const AWKWARD_NAMES: readonly string[] = [
  ' a  b ',
  "it's",
  '"quoted"',
  '$HOME `id` $(id) ; & | > <',
  '-rf',
  '--help',
  'host:file',
  ':module',
  '~root',
  'new\nline',
  '\nfirst',
  'last\n',
  'tab\tbell\x07esc\x1b[31m',
  'back\\slash',
  '*',
  'a[1]?',
  '{a,b}',
  '%h%%s',
  '#hash!',
  'ünïcödé 日本語 😀',
  'e\u0301 decomposed',
  '.hidden',
  'x'.repeat(200),
]

/** Makes a tree of files with such names, bytes of every value, modes, times, an empty directory and a link. */
export function makeAwkwardTree(directory: string): void {
  mkdirSync(directory, { recursive: true })
  const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  for (const [i, name] of AWKWARD_NAMES.entries()) {
    writeFileSync(`${directory}/${name}`, Buffer.concat([every, Buffer.from(String(i))]), {
      mode: 0o600 + (i % 8),
    })
    mkdirSync(`${directory}/d ${name}`)
    writeFileSync(`${directory}/d ${name}/${name}`, String(i))
  }
  writeFileSync(Buffer.from(`${directory}/no \xff\xfe text`, 'latin1'), 'bytes')
  mkdirSync(`${directory}/empty`, { mode: 0o711 })
  writeFileSync(`${directory}/nothing`, '')
  execFileSync('touch', ['-d', '2001-02-03T04:05:06Z', `${directory}/nothing`, `${directory}/empty`])
}

/** What a tree is compared by, besides names, kinds, link targets and contents. */
export interface Aspects {
  modes?: boolean
  times?: boolean
}

/** Everything below a directory in lines, in order: names as they are read byte by byte, and digests of contents. */
export function treeOf(directory: string, aspects: Aspects = {}): string[] {
  const root = Buffer.from(directory)
  const lines: string[] = []
  const walk = (path: Buffer, shown: string): void => {
    for (const name of readdirSync(path, 'buffer')) {
      const entry = Buffer.concat([path, Buffer.from('/'), name])
      const at = `${shown}/${name.toString('latin1')}`
      lines.push(`${at} ${described(entry, aspects)}`)
      if (lstatSync(entry).isDirectory()) walk(entry, at)
    }
  }
  walk(root, '')
  return lines.sort()
}

function described(path: Buffer, { modes = false, times = false }: Aspects): string {
  const stat = lstatSync(path)
  const kind = stat.isDirectory()
    ? 'directory'
    : stat.isSymbolicLink()
      ? `link to ${readlinkSync(path, 'buffer').toString('latin1')}`
      : createHash('md5').update(readFileSync(path)).digest('hex')
  // A link's own mode means nothing, and its time is not kept by all.
  if (stat.isSymbolicLink()) return kind
  return [kind, modes ? stat.mode.toString(8) : '', times ? Math.floor(stat.mtimeMs / 1000) : ''].join(' ')
}
