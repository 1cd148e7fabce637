import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { describeFiles, KINDS, leftovers, removePrograms } from '../support/remote-files.js'

/** Names that some quoting somewhere gets wrong. */
const NAMES = [
  'two words',
  ' blanks at the ends ',
  `it's`,
  '"double"',
  '$HOME ${HOME} $(id) `id`',
  '\nfirst',
  'in\nthe middle',
  'last\n',
  '\n\n',
  '-dash',
  '--help',
  'Grüße 日本語 😀',
  'back\\slash \\n \\0101',
  '*?[a-z]{b,c}',
  '~',
  '~root',
  '!! # ; & | < > ( ) %s %d',
  '\ttab\r',
]

afterAll(removePrograms)

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

for (const [kind, config] of KINDS) {
  describeFiles(
    `file tools on a remote with ${kind}`,
    (files) => {
      it.each(NAMES.map((name) => [JSON.stringify(name), name]))('take a file called %s', async (_, name) => {
        const directory = files.directory()
        const path = join(directory, name)
        expect(await files.create(path, 'one\ntwo\n')).toMatchObject({ ok: true, bytes_written: 8 })
        expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
        expect(await files.edit(path, 'two', 'three')).toMatchObject({ edits_applied: 1, bytes_written: 10 })
        expect(await files.view(path)).toMatchObject({ content: 'one\nthree\n', total_lines: 2, path })
        const listed = await files.view(directory)
        expect(listed).toMatchObject({ is_directory: true, count: 1, entries: [{ type: 'file' }] })
        expect(listed.content.match(/\n/g)).toHaveLength(1)
        const found = await files.glob('*', directory)
        expect(found).toMatchObject({ count: 1, truncated: false })
        const matched = await files.grep('thr.e', directory)
        expect(matched).toMatchObject({ count: 1, matches: found.matches, warning: null })
        expect(await files.grep('three', directory, { glob: '[!x]*' })).toMatchObject({ count: 1 })
        expect(await files.grep('three', directory, { glob: 'x*' })).toMatchObject({ count: 0 })
        expect(await files.grep('three', path, { output_mode: 'count' })).toMatchObject({ count: 1 })
        expect(readdirSync(directory)).toEqual([name])
      })

      it('read what is below the home directory', async () => {
        expect(await files.create('~/in home', 'x')).toMatchObject({ ok: true })
        expect(readFileSync(files.at('in home'), 'utf8')).toBe('x')
        expect(await files.view('~/in home')).toMatchObject({ content: 'x' })
        expect((await files.view('~')).entries).toContainEqual({ path: 'in home', type: 'file' })
      })

      it.each([
        ['every byte', EVERY_BYTE],
        ['CRLF and no final newline', Buffer.from('a\r\nMARK\r\nb')],
        ['a byte order mark', Buffer.from('\ufeffMARK\n')],
        ['only what is replaced', Buffer.from('MARK')],
        ['5 MB', Buffer.alloc(2_500_000, 'line\r\n\0\xff', 'latin1')],
      ])('keep the bytes they do not edit: %s', async (_, bytes) => {
        const path = join(files.directory(), 'file')
        const around = (middle: string) => Buffer.concat([bytes, Buffer.from(middle), bytes])
        writeFileSync(path, around('<here>'))
        const facts = await files.edit(path, '<here>', 'ö\n\0')
        expect(facts).toMatchObject({ isError: false, bytes_written: 2 * bytes.length + 4 })
        expect(readFileSync(path).equals(around('ö\n\0'))).toBe(true)
      })

      it('write any content', async () => {
        const directory = files.directory()
        const big = 'zwölf\r\n\0\u0001'.repeat(500_000)
        for (const [name, content] of Object.entries({ empty: '', open: 'no end', lines: '\n\n', big })) {
          const path = join(directory, name)
          const facts = await files.create(path, content)
          expect(facts).toMatchObject({ isError: false, bytes_written: Buffer.byteLength(content) })
          expect(readFileSync(path, 'utf8') === content).toBe(true)
        }
        expect(leftovers(directory)).toEqual([])
      })

      it('show a part of a file', async () => {
        const path = join(files.directory(), 'numbers')
        writeFileSync(path, Array.from({ length: 9000 }, (_, i) => `${i + 1}\n`).join(''))
        expect(await files.view(path, { view_range: [17, 19] })).toMatchObject({
          ...{ content: '17\n18\n19\n', start_line: 17, end_line: 19, total_lines: 9000, truncated: false },
        })
        expect(await files.view(path, { view_range: [8999, -1] })).toMatchObject({ content: '8999\n9000\n' })
        const cut = await files.view(path)
        expect(cut).toMatchObject({ truncated: true, size_bytes: 43893, total_lines: 9000, start_line: 1 })
        expect(cut.content.endsWith(`\n${cut.end_line}\n`)).toBe(true)
        expect(cut.more).toContain(`[${cut.end_line + 1}, 9000]`)
        const all = await files.view(path, { force_read_large_files: true })
        expect(all).toMatchObject({ truncated: false, end_line: 9000, content: readFileSync(path, 'utf8') })
      })

      it('keep a mode, and a link', async () => {
        const directory = files.directory()
        const [path, link] = [join(directory, 'file'), join(directory, 'link')]
        for (const mode of [0o640, 0o4755, 0o2750, 0o600]) {
          writeFileSync(path, 'old\n')
          chmodSync(path, mode)
          if (!existsSync(link)) symlinkSync('file', link)
          expect(await files.edit(link, 'old', 'new')).toMatchObject({ isError: false })
          expect(statSync(path).mode & 0o7777).toBe(mode)
          expect(lstatSync(link).isSymbolicLink()).toBe(true)
          expect(readFileSync(path, 'utf8')).toBe('new\n')
        }
      })

      it('show context, counts and lines of matches', async () => {
        const directory = files.directory()
        mkdirSync(join(directory, 'sub'))
        writeFileSync(join(directory, 'a.txt'), 'one\ntwo\nthree\nfour\nfive\nthree\n')
        writeFileSync(join(directory, 'sub', 'b:1:x.md'), 'Three\n')
        symlinkSync('/etc', join(directory, 'elsewhere'))
        const name = (path: string) => join(directory, path)
        const content = { output_mode: 'content' }
        expect((await files.grep('three', directory, content)).matches).toBe(
          `${name('a.txt')}:3:three\n${name('a.txt')}:6:three`,
        )
        const wide = { ...content, context_before: 1, context_after: 0, case_insensitive: true }
        expect((await files.grep('^three$', directory, wide)).matches).toBe(
          [
            ...[`${name('a.txt')}-2-two`, `${name('a.txt')}:3:three`, '--'],
            ...[
              `${name('a.txt')}-5-five`,
              `${name('a.txt')}:6:three`,
              '--',
              `${name('sub/b:1:x.md')}:1:Three`,
            ],
          ].join('\n'),
        )
        expect(await files.grep('t', directory, { output_mode: 'count' })).toMatchObject({
          matches: `${name('a.txt')}:3`,
          count: 1,
        })
        expect(await files.grep('[Tt]hree', directory, { glob: '*.{md,rst}' })).toMatchObject({
          matches: name('sub/b:1:x.md'),
          count: 1,
        })
        expect(await files.grep('nowhere', directory)).toMatchObject({
          isError: false,
          matches: '',
          count: 0,
        })
        const wrong = await files.grep('a(b', directory)
        expect(wrong).toMatchObject({ isError: true, error_type: 'validation_error' })
        expect(wrong.message).toMatch(/unmatched \(|parenthes|bad regex/i)
        expect(await files.grep('three', directory, { ...content, head_limit: 1 })).toMatchObject({
          ...{ count: 1, truncated: true },
        })
      })

      it('find files by their paths', async () => {
        const directory = files.directory()
        for (const path of ['src/deep/er', '.git']) mkdirSync(join(directory, path), { recursive: true })
        for (const path of ['a.ts', 'src/b.ts', 'src/deep/er/c.tsx', '.git/d.ts', 'src/e.js'])
          writeFileSync(join(directory, path), '')
        symlinkSync('/etc', join(directory, 'etc'))
        const found = async (pattern: string) => {
          const { matches } = await files.glob(pattern, directory)
          return matches === ''
            ? []
            : matches.split('\n').map((path: string) => path.slice(directory.length + 1))
        }
        expect(await found('*.ts')).toEqual(['.git/d.ts', 'a.ts', 'src/b.ts'])
        expect(await found('/*.ts'.slice(1))).toContain('a.ts')
        expect(await found('./*.ts')).toEqual(['a.ts'])
        expect(await found('src/**/*.{ts,tsx}')).toEqual(['src/b.ts', 'src/deep/er/c.tsx'])
        expect(await found('src/**')).toEqual(['src/b.ts', 'src/deep/er/c.tsx', 'src/e.js'])
        expect(await found('etc')).toEqual(['etc'])
        expect(await found('passwd')).toEqual([])
        const none = await files.glob('*', join(directory, 'a.ts'))
        expect(none).toMatchObject({ isError: true, error_type: 'remote_file_error' })
      })

      it('say what is wrong', async () => {
        const directory = files.directory()
        const missing = join(directory, 'missing')
        execFileSync('mkfifo', [join(directory, 'fifo')])
        symlinkSync('nowhere', join(directory, 'dangling'))
        const failures: [Promise<Record<string, unknown>>, RegExp][] = [
          [files.view(missing), /There is no .*missing/],
          [files.edit(missing, 'a', 'b'), /There is no/],
          [files.grep('x', missing), /There is no/],
          [files.glob('x', missing), /There is no/],
          [files.view('/dev/zero'), /no regular file/],
          [files.view(join(directory, 'fifo')), /no regular file/],
          [files.edit(join(directory, 'fifo'), 'a', 'b'), /no regular file/],
          [files.grep('x', '/dev/zero'), /no regular file/],
          [files.view(join(directory, 'dangling')), /leads nowhere/],
          [files.edit(directory, 'a', 'b'), /is a directory/],
          [files.create(join(directory, 'no/where'), ''), /directory of .* does not exist.*mkdir/],
          [files.create(join(directory, 'dangling'), ''), /exists already/],
          [files.create(directory, ''), /exists already/],
          [files.create(join(directory, 'fifo'), ''), /exists already/],
          [files.create(join(directory, 'dangling/x'), ''), /does not exist/],
          [files.create('/proc/ssh-mcp', 'x'), /could not be written/],
        ]
        for (const [call, words] of failures) {
          const facts = await call
          expect(facts).toMatchObject({
            isError: true,
            error_type: 'remote_file_error',
            message: expect.stringMatching(words),
          })
        }
        expect(readdirSync(directory).sort()).toEqual(['dangling', 'fifo'])
      })

      it('edit all or nothing, and only what is there once', async () => {
        const path = join(files.directory(), 'file')
        writeFileSync(path, 'aaa b c\n')
        const edits = (...pairs: [string, string][]) =>
          files.call('edit', { path, edits: pairs.map(([old_str, new_str]) => ({ old_str, new_str })) })
        expect((await edits(['b', 'B'], ['nowhere', 'x'])).message).toMatch(/Edit 2 of 2.*not found/)
        expect((await edits(['aa', 'x'])).message).toMatch(/Edit 1 of 1.*found 2 times/)
        expect(await edits(['', 'x'])).toMatchObject({ error_type: 'validation_error' })
        expect(readFileSync(path, 'utf8')).toBe('aaa b c\n')
        expect(await edits(['b', 'XY'], ['XY c', 'done'], ['aaa ', ''])).toMatchObject({ edits_applied: 3 })
        expect(readFileSync(path, 'utf8')).toBe('done\n')
      })

      it('refuse to part hard links, and to edit what only others may write', async () => {
        const directory = files.directory()
        const path = join(directory, 'file')
        writeFileSync(path, 'old')
        linkSync(path, join(directory, 'other'))
        expect((await files.edit(path, 'old', 'new')).message).toMatch(/2 names/)
        expect(readFileSync(path, 'utf8')).toBe('old')
        const owned = join(directory, 'owned')
        writeFileSync(owned, 'old')
        if (process.getuid?.() !== 0) return
        chownSync(owned, 12_345, 23_456)
        expect(await files.edit(owned, 'old', 'new')).toMatchObject({ isError: false })
        expect(statSync(owned)).toMatchObject({ uid: 12_345, gid: 23_456 })
      })
    },
    config(),
  )
}
