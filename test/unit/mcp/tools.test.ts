import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clientSettings, TOOLSETS } from '../../../src/common/settings.js'
import { publishedSchema, withoutOtherSpellings } from '../../../src/mcp/arguments.js'
import { listedTools } from '../../../src/mcp/listing.js'
import type { Tool } from '../../../src/mcp/tool.js'
import { TOOLS } from '../../../src/mcp/tools.js'

describe.each(TOOLS.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  it('keeps to the bounds that clients have', () => {
    expect(name).toMatch(/^ssh_[a-z_]+$/)
    expect(name.length).toBeLessThan(30)
    expect(tool.title).not.toBe('')
    expect(tool.description.length).toBeGreaterThan(0)
    expect(tool.description.length).toBeLessThan(2048)
  })

  it('says what it does to the world', () => {
    expect(tool.annotations).toMatchObject({ readOnlyHint: expect.any(Boolean) })
  })

  it('refuses arguments that it does not know', () => {
    expect(publishedSchema(tool.input).additionalProperties).toBe(false)
  })

  it('keeps other spellings out of its text', () => {
    const { properties } = publishedSchema(tool.input)
    const other = Object.keys(properties).filter((key) => properties[key]?.spelling === 'other')
    for (const key of other) expect(properties[key]).not.toHaveProperty('description')
    expect(Object.keys(withoutOtherSpellings(publishedSchema(tool.input)).properties)).toHaveLength(
      Object.keys(properties).length - other.length,
    )
  })
})

describe('the list of tools', () => {
  it('names each once', () => {
    const names = TOOLS.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it.each(TOOLS.map(({ name, toolset }) => [name, toolset] as const))('has %s in a toolset', (_, toolset) => {
    expect(TOOLSETS).toContain(toolset)
  })

  const named = (toolset: string): string[] =>
    TOOLS.filter((tool) => tool.toolset === toolset).map(({ name }) => name)

  it.each([
    [
      'sessions',
      [
        'ssh_ensure_session',
        'ssh_start_session',
        'ssh_run',
        'ssh_write_session',
        'ssh_read_session',
        'ssh_stop_session',
        'ssh_list_sessions',
      ],
    ],
    ['exec', ['ssh_exec']],
    ['transfer', ['ssh_scp', 'ssh_sync', 'ssh_list_files']],
    ['forward', ['ssh_forward', 'ssh_list_forwards', 'ssh_stop_forward']],
    ['files', ['ssh_view', 'ssh_create', 'ssh_edit', 'ssh_grep', 'ssh_glob']],
    ['connections', ['ssh_connect', 'ssh_status', 'ssh_disconnect']],
  ])('has in the toolset %s what belongs there', (toolset, names) => {
    expect(named(toolset)).toEqual(names)
  })

  const listed = (toolsets: readonly string[]) =>
    listedTools(
      TOOLS.filter(({ toolset }) => toolsets.includes(toolset)),
      ({ input }) => publishedSchema(input),
    )
  const bytes = (tools: unknown): number => Buffer.byteLength(JSON.stringify(tools))

  it.each([
    ['what is on by itself', clientSettings({}).toolsets, 12_000],
    ['sessions and commands', ['sessions', 'exec'], 7200],
    ['all of it', TOOLSETS, 32_000],
  ])('costs a model little: %s', (_, toolsets, most) => {
    expect(bytes({ tools: listed(toolsets) })).toBeLessThanOrEqual(most)
  })

  it('has fourteen tools by default', () => {
    expect(listed(clientSettings({}).toolsets)).toHaveLength(14)
  })

  it('has every parameter by name in every tool that takes it, with its type', () => {
    for (const { name, inputSchema } of listed(TOOLSETS)) {
      const tool = TOOLS.find((tool) => tool.name === name) as Tool
      const taken = withoutOtherSpellings(publishedSchema(tool.input)).properties
      expect(Object.keys(inputSchema.properties)).toEqual(Object.keys(taken))
      for (const property of Object.values(inputSchema.properties))
        expect(property).toMatchObject({ type: expect.any(String) })
    }
  })

  it('says what a tool does to the world, where it is not what the protocol takes for granted', () => {
    const hints = Object.fromEntries(listed(TOOLSETS).map(({ name, annotations }) => [name, annotations]))
    expect(hints).toEqual({
      ssh_ensure_session: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
      ssh_start_session: { readOnlyHint: false, destructiveHint: false },
      ssh_run: { readOnlyHint: false, destructiveHint: true },
      ssh_write_session: { readOnlyHint: false, destructiveHint: true },
      ssh_read_session: { readOnlyHint: true },
      ssh_stop_session: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
      ssh_list_sessions: { readOnlyHint: true, openWorldHint: false },
      ssh_exec: { readOnlyHint: false, destructiveHint: true },
      ssh_scp: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
      ssh_list_files: { readOnlyHint: true },
      ssh_sync: { readOnlyHint: false, destructiveHint: true },
      ssh_forward: { readOnlyHint: false, destructiveHint: false },
      ssh_list_forwards: { readOnlyHint: true, openWorldHint: false },
      ssh_stop_forward: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
      ssh_view: { readOnlyHint: true },
      ssh_create: { readOnlyHint: false, destructiveHint: false },
      ssh_edit: { readOnlyHint: false, destructiveHint: true },
      ssh_grep: { readOnlyHint: true },
      ssh_glob: { readOnlyHint: true },
      ssh_connect: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
      ssh_status: { readOnlyHint: true, openWorldHint: false },
      ssh_disconnect: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    })
  })
})

describe('a parameter in the list', () => {
  const tool = (input: z.ZodObject): Tool => ({ ...(TOOLS[0] as Tool), input })
  const propertiesOf = (...inputs: z.ZodObject[]): unknown[] =>
    listedTools(inputs.map(tool), ({ input }) => publishedSchema(input)).map(
      ({ inputSchema }) => inputSchema.properties,
    )

  it.each<[string, z.ZodType, Record<string, unknown>]>([
    ['without its bounds', z.int().min(1).max(9).optional(), { type: 'integer' }],
    ['with a default', z.number().default(10), { type: 'number', default: 10 }],
    ['without one that says off', z.boolean().default(false), { type: 'boolean' }],
    ['with one that says on', z.boolean().default(true), { type: 'boolean', default: true }],
    [
      'without one that is the first choice',
      z.enum(['a', 'b']).default('a'),
      { type: 'string', enum: ['a', 'b'] },
    ],
    [
      'with one that is another',
      z.enum(['a', 'b']).default('b'),
      { type: 'string', enum: ['a', 'b'], default: 'b' },
    ],
    [
      'as words, where it may be a boolean too',
      z.union([z.boolean(), z.enum(['yes', 'no'])]),
      { type: 'string' },
    ],
    ['with what a list holds', z.array(z.string()).max(9), { type: 'array', items: { type: 'string' } }],
    ['with what it means', z.string().min(1).describe('words'), { type: 'string', description: 'words' }],
  ])('is %s', (_, schema, shown) => {
    expect(propertiesOf(z.strictObject({ it: schema }))).toEqual([{ it: shown }])
  })

  it('is explained once, and again where it means something else, with its choices always', () => {
    const one = z.enum(['x', 'y']).describe('words')
    const other = z.enum(['x', 'y']).describe('other words')
    const full = { type: 'string', enum: ['x', 'y'], description: 'words' }
    expect(
      propertiesOf(
        ...[one, one, other, one].map((it) => z.strictObject({ it })),
        z.strictObject({ that: one }),
      ),
    ).toEqual([
      { it: full },
      { it: { type: 'string', enum: ['x', 'y'] } },
      { it: { ...full, description: 'other words' } },
      { it: { type: 'string', enum: ['x', 'y'] } },
      { that: full },
    ])
  })
})
