import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Names that shells, options, addresses, patterns, protocols or lists of changes could take for something else. */
export const AWKWARD_NAMES: readonly string[] = [
  ...'plain|a b|  lead|trail  |it\'s|"q"|ünï✓|日本 😀|e\u0301|-rf|--delete|--help|-oProxyCommand=x|host:file|host::mod|:x'.split(
    '|',
  ),
  ...'new\nline|\nfirst|last\n|cr\rx|tab\tx|\x1b[31mred|bell\x07|back\\slash|\\|*|?x|[ab]|a[1]|{a,b}|%h%%s|#x|!x'.split(
    '|',
  ),
  ...'$HOME|$(id)|`id`|;id|&|<x>|~|~root|.hidden|>f+++++++++ 99 x|*deleting   x|\\#012|x -> y|Control socket'.split(
    '|',
  ),
  'a|b',
  'x'.repeat(200),
]

/** Bytes that are no UTF-8. */
const NO_TEXT = Buffer.from('caf\xe9\xff', 'latin1')

/** A tree of such names, with what else a copy has to keep: bytes of every value, modes, times, empty directories. */
export function makeTree(directory: string): void {
  mkdirSync(join(directory, 'empty/deep'), { recursive: true })
  for (const [index, name] of AWKWARD_NAMES.entries()) {
    const path = join(directory, name)
    writeFileSync(path, `${index} ${name}`, { mode: index % 2 ? 0o640 : 0o755 })
    utimesSync(path, 1_000_000_000 + index, 1_000_000_000 + index)
    mkdirSync(join(directory, 'dirs', `d${name}`), { recursive: true })
    writeFileSync(join(directory, 'dirs', `d${name}`, name), name)
  }
  writeFileSync(rawIn(directory, NO_TEXT), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))
  writeFileSync(join(directory, 'large'), Buffer.alloc(300_000, 'abc'))
  writeFileSync(join(directory, 'nothing'), '')
  execFileSync('touch', ['-d', '2001-02-03T04:05:06Z', join(directory, 'empty')])
}

/** Links, which some programs copy and others follow. */
export function addLinks(directory: string): void {
  symlinkSync('plain', join(directory, 'link'))
  symlinkSync('none', join(directory, 'dangling'))
  symlinkSync(NO_TEXT, rawIn(directory, Buffer.from('link\xff', 'latin1')))
  symlinkSync('dirs', join(directory, 'dirlink'))
}

const rawIn = (directory: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${directory}/`), name])

/** Everything of a tree by its name, byte for byte: kind, contents, mode and, in seconds, time. */
export const treeOf = (directory: string): Record<string, string> => lookedAt(directory, true)

/** The same without modes and times. */
export const contentsOf = (directory: string): Record<string, string> => lookedAt(directory, false)

function lookedAt(directory: string, all: boolean): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (at: Buffer, name: string): void => {
    const stat = lstatSync(at)
    const besides = all ? ` ${(stat.mode & 0o7777).toString(8)} ${Math.floor(stat.mtimeMs / 1000)}` : ''
    if (stat.isSymbolicLink()) found[name] = `link ${readlinkSync(at, 'buffer').toString('latin1')}`
    else if (stat.isFile()) found[name] = `file${besides} ${readFileSync(at, 'latin1')}`
    else {
      found[name] = `directory${besides}`
      for (const entry of readdirSync(at, 'buffer'))
        walk(Buffer.concat([at, Buffer.from('/'), entry]), `${name}/${entry.toString('latin1')}`)
    }
  }
  walk(Buffer.from(directory), '.')
  return found
}
