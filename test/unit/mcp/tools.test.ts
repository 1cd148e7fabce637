import { describe, expect, it } from 'vitest'
import { clientSettings, TOOLSETS } from '../../../src/common/settings.js'
import { publishedSchema, withoutOtherSpellings } from '../../../src/mcp/arguments.js'
import { listedTools } from '../../../src/mcp/listing.js'
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
    ['connections', ['ssh_connect', 'ssh_status', 'ssh_disconnect']],
  ])('has in the toolset %s what belongs there', (toolset, names) => {
    expect(named(toolset)).toEqual(names)
  })

  it.each([
    ['what is on by itself', clientSettings({}).toolsets, 12_000],
    ['all of it', TOOLSETS, 32_000],
  ])('costs a model little: %s', (_, toolsets, most) => {
    const list = listedTools(
      TOOLS.filter(({ toolset }) => toolsets.includes(toolset)),
      ({ input }) => publishedSchema(input),
    )
    expect(Buffer.byteLength(JSON.stringify({ tools: list }))).toBeLessThan(most)
  })
})
