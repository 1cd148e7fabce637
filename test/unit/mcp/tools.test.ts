import { describe, expect, it } from 'vitest'
import { publishedSchema } from '../../../src/mcp/arguments.js'
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
})

describe('the list of tools', () => {
  it('names each once', () => {
    const names = TOOLS.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it('costs a model less than 12,000 bytes', () => {
    const list = TOOLS.map(({ name, title, description, annotations, input }) => ({
      ...{ name, title, description, annotations },
      inputSchema: publishedSchema(input),
    }))
    expect(Buffer.byteLength(JSON.stringify({ tools: list }))).toBeLessThan(12_000)
  })
})
