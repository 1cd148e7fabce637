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

/** Names that shells, options, addresses, patterns or lists of changes could take for something else. */
const AWKWARD_NAMES = (
  'plain|a b|  lead|trail  |it\'s|"q"|ünï✓|日本|-rf|--delete|a:b|host::mod|new\nline|cr\rx|tab\tx|back\\slash|\\|*|?x|[ab]|' +
  'a[1]|{a,b}|$(id)|`id`|;id|&|#x|!x|~|~root|%h|>f+++++++++ 99 x|*deleting   x|\\#012|x -> y|.hidden|\x1b[31mred|é\u0301'
).split('|')

/** Bytes that are no UTF-8. */
const NO_TEXT = Buffer.from('caf\xe9\xff', 'latin1')

/** A tree of such names, with what else a copy has to keep: modes, times, links, empty directories. */
export function makeTree(directory: string): void {
  mkdirSync(join(directory, 'empty/deep'), { recursive: true })
  for (const [index, name] of AWKWARD_NAMES.entries()) {
    const path = join(directory, name)
    writeFileSync(path, `${index} ${name}`, { mode: index % 2 ? 0o640 : 0o755 })
    utimesSync(path, 1_000_000_000 + index, 1_000_000_000 + index)
    mkdirSync(join(directory, 'dirs', `d${name}`), { recursive: true })
    writeFileSync(join(directory, 'dirs', `d${name}`, name), name)
  }
  const raw = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${directory}/`), name])
  writeFileSync(raw(NO_TEXT), 'no text')
  writeFileSync(join(directory, 'large'), Buffer.alloc(300_000, 'abc'))
  symlinkSync('plain', join(directory, 'link'))
  symlinkSync('none', join(directory, 'dangling'))
  symlinkSync(NO_TEXT, raw(Buffer.from('link\xff', 'latin1')))
  symlinkSync('dirs', join(directory, 'dirlink'))
}

/** Everything of a tree by its name, byte for byte: kind, mode, time and contents. */
export function treeOf(directory: string | Buffer): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (at: Buffer, name: string): void => {
    const stat = lstatSync(at)
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isSymbolicLink()) found[name] = `link ${readlinkSync(at, 'buffer').toString('latin1')}`
    else if (stat.isFile()) found[name] = `file ${mode} ${stat.mtimeMs} ${readFileSync(at, 'latin1')}`
    else {
      found[name] = `directory ${mode}`
      for (const entry of readdirSync(at, 'buffer'))
        walk(Buffer.concat([at, Buffer.from('/'), entry]), `${name}/${entry.toString('latin1')}`)
    }
  }
  walk(Buffer.from(directory), '.')
  return found
}
