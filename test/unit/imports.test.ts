import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
const SDK = '@modelcontextprotocol/sdk/'

interface Rule {
  /** Folders, files (without their ending) or packages; one that ends in a slash means all under it. */
  may: readonly string[]
  /** What may be imported as a type only. */
  types?: readonly string[]
  /** What may be imported only when it is needed, by import(). */
  dynamic?: readonly string[]
  /** Whether node: modules may be imported. */
  node: boolean
}

/** The rule of imports: what each folder of src may import besides itself; a file's own rule comes first. */
const RULES: Readonly<Record<string, Rule>> = {
  common: { may: [], node: true },
  ssh: { may: ['common/', 'strip-ansi'], node: false },
  'ssh/target': { may: ['common/', 'node:net'], node: false },
  terminal: { may: ['common/', 're2js', 'get-east-asian-width'], node: false },
  'terminal/screen': { may: ['common/', '@xterm/headless'], node: false },
  'terminal/output-capture': { may: ['common/', 'node:buffer', 'node:string_decoder'], node: false },
  shell: { may: ['common/'], node: false },
  wire: { may: ['common/', 'zod'], types: [`${SDK}types.js`], node: false },
  platform: { may: ['common/'], node: true },
  'platform/pty-native': { may: ['common/', 'node-pty/'], node: true },
  connection: { may: ['ssh/', 'shell/', 'terminal/', 'platform/', 'common/', 'nanoid'], node: true },
  session: {
    may: ['connection/', 'ssh/', 'shell/', 'terminal/', 'platform/', 'common/', 'nanoid'],
    types: ['re2js'],
    node: true,
  },
  transfer: {
    may: ['connection/', 'ssh/', 'terminal/', 'platform/', 'common/', 'nanoid'],
    node: true,
  },
  forward: { may: ['connection/', 'ssh/', 'platform/', 'common/', 'nanoid'], node: true },
  'remote-files': { may: ['connection/', 'ssh/', 'common/', 'nanoid'], node: true },
  mcp: {
    may: ['session/', 'transfer/', 'forward/', 'remote-files/', 'connection/', 'common/', SDK, 'zod'],
    node: true,
  },
  daemon: {
    may: ['mcp/', 'session/', 'transfer/', 'forward/', 'connection/', 'wire/', 'platform/', 'common/', SDK],
    node: true,
  },
  client: { may: ['wire/', 'common/', 'platform/'], node: true },
  http: { may: ['wire/', 'common/', SDK], node: true },
  bridge: { may: ['wire/', 'common/', 'platform/', 'client/'], node: true },
  cli: {
    may: [
      'wire/',
      'common/',
      'platform/',
      'client/',
      'bridge/',
      'http/',
      `${SDK}client/`,
      `${SDK}server/stdio.js`,
    ],
    dynamic: ['daemon/', 'demo/'],
    node: true,
  },
  demo: {
    may: ['common/', 'platform/', 'client/', 'session/input-queue', 'wire/', 'ssh2', SDK],
    node: true,
  },
}

interface Import {
  specifier: string
  kind: 'static' | 'type' | 'dynamic'
}

/** Every import and re-export of a source text. */
function importsOf(source: string): Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s(?:(type)\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm,
  )
  const calls = source.matchAll(/\b(?:import|require(?:\.resolve)?)\(\s*['"`]([^'"`]+)['"`]/g)
  return [
    ...[...statements].map(([, type, from, bare]): Import => {
      return { specifier: (from ?? bare) as string, kind: type ? 'type' : 'static' }
    }),
    ...[...calls].map(([, specifier]): Import => ({ specifier: specifier as string, kind: 'dynamic' })),
  ]
}

/** What an import means: a file of src without its ending, or a package. */
const meaning = (file: string, specifier: string): string =>
  specifier.startsWith('.')
    ? relative(SRC, join(SRC, dirname(file), specifier)).replace(/\.js$/, '')
    : specifier

const covers = (allowed: string, what: string): boolean =>
  allowed.endsWith('/') ? what.startsWith(allowed) : what === allowed

/** What of a file's imports its rule does not allow. */
function violations(file: string, source: string): string[] {
  const name = file.replace(/\.ts$/, '')
  const folder = name.split('/')[0] as string
  const rule = RULES[name] ?? RULES[folder]
  if (!rule) return [`${file}: the table has no rule for ${folder}`]
  const forbidden = importsOf(source).filter(({ specifier, kind }) => {
    const what = meaning(file, specifier)
    const own = what.split('/')[0] === folder && specifier.startsWith('.')
    if (own || (rule.node && what.startsWith('node:'))) return false
    const allowed = [
      ...rule.may,
      ...(kind === 'type' ? (rule.types ?? []) : []),
      ...(kind === 'dynamic' ? (rule.dynamic ?? []) : []),
    ]
    return !allowed.some((one) => covers(one, what))
  })
  return forbidden.map(({ specifier, kind }) => `${file}: ${kind} import of ${specifier}`)
}

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

describe('the rule of imports', () => {
  it('sees the files and their imports', () => {
    const all = FILES.flatMap((file) => importsOf(readFileSync(join(SRC, file), 'utf8')))
    expect(FILES.length).toBeGreaterThan(60)
    for (const kind of ['static', 'type', 'dynamic']) expect(all.map((one) => one.kind)).toContain(kind)
  })

  it.each(FILES)('%s', (file) => {
    expect(violations(file, readFileSync(join(SRC, file), 'utf8'))).toEqual([])
  })

  it.each([
    ['terminal/x.ts', "import { readFileSync } from 'node:fs'"],
    ['terminal/x.ts', "import type { Session } from '../session/session.js'"],
    ['terminal/x.ts', "import {\n  type A,\n  b,\n} from '../platform/pty.js'"],
    ['ssh/x.ts', "import { isIPv6 } from 'node:net'"],
    ['ssh/mux-messages.ts', "import { connect } from 'node:net'"],
    ['ssh/x.ts', "import type { Channel } from '../connection/channel.js'"],
    ['terminal/output-capture.ts', "import { readFileSync } from 'node:fs'"],
    ['terminal/x.ts', "import { StringDecoder } from 'node:string_decoder'"],
    ['connection/x.ts', "import type { Session } from '../session/session.js'"],
    ['connection/x.ts', "import { parseHello } from '../wire/hello-schema.js'"],
    ['connection/x.ts', "import { z } from 'zod'"],
    ['connection/x.ts', "import { TOOLS } from '../mcp/tools.js'"],
    ['forward/x.ts', "import type { Session } from '../session/session.js'"],
    ['session/x.ts', "import { Forward } from '../forward/forward.js'"],
    ['platform/x.ts', "import { MuxLink } from '../connection/mux-link.js'"],
    ['client/x.ts', "import type { Asker } from '../connection/questions.js'"],
    ['common/x.ts', "export * from '../wire/hello.js'"],
    ['common/x.ts', "import 'zod'"],
    ['platform/pty.ts', "const pty = require('node-pty/lib/utils.js')"],
    ['session/x.ts', "import { RE2JS } from 're2js'"],
    ['session/x.ts', "import { tools } from '../mcp/tools.js'"],
    ['connection/x.ts', "import { fenceOf } from '../transfer/fence.js'"],
    ['transfer/x.ts', "import type { Registry } from '../session/registry.js'"],
    ['transfer/x.ts', "import { quote } from '../shell/quoting.js'"],
    ['mcp/tools/x.ts', "import { prepareState } from '../../platform/paths.js'"],
    ['mcp/tools/x.ts', "import { parseTarget } from '../../ssh/target.js'"],
    ['daemon/x.ts', "import { connect } from '../client/connect.js'"],
    ['cli/x.ts', "import { runDaemon } from '../daemon/daemon.js'"],
    ['cli/x.ts', "await import('../session/session.js')"],
    ['cli.ts', "import { Session } from './session/session.js'"],
    ['newcomer/x.ts', ''],
  ])('would report a violation in %s: %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1)
  })

  it.each([
    ['ssh/target.ts', "import { isIPv6 } from 'node:net'"],
    ['terminal/output-capture.ts', "import { StringDecoder } from 'node:string_decoder'"],
    ['connection/x.ts', "import { connect } from 'node:net'"],
    ['session/x.ts', "import type { Caller } from '../connection/caller.js'"],
    ['mcp/tools/x.ts', "import { fenceOf } from '../../transfer/fence.js'"],
    ['session/x.ts', "import type { RE2JS } from 're2js'"],
    ['cli/x.ts', "await import('../daemon/daemon.js')"],
    ['mcp/tools/x.ts', "import { defineTool } from '../tool.js'"],
    ['terminal/x.ts', '// nothing is imported from node:fs here'],
  ])('allows in %s: %s', (file, source) => {
    expect(violations(file, source)).toEqual([])
  })
})
