import { type InputSchema, withoutOtherSpellings } from './arguments.js'
import type { Tool } from './tool.js'

/** A tool as a client is told of it. */
export interface ListedTool extends Pick<Tool, 'name' | 'title' | 'description' | 'annotations'> {
  inputSchema: InputSchema
}

/**
 * Tools as they are listed. What a parameter means is said where it comes first: it means the same in the others,
 * and a model pays for every word of it.
 */
export function listedTools(tools: readonly Tool[], schemaOf: (tool: Tool) => InputSchema): ListedTool[] {
  const said = new Set<string>()
  return tools.map((tool) => {
    const { name, title, description, annotations } = tool
    const inputSchema = withoutWhatWasSaid(withoutOtherSpellings(schemaOf(tool)), said)
    return { name, title, description, inputSchema, annotations }
  })
}

function withoutWhatWasSaid(schema: InputSchema, said: Set<string>): InputSchema {
  const properties = Object.entries(schema.properties).map(([name, property]) => {
    const { description, ...rest } = property
    const text = `${name}: ${String(description)}`
    if (description === undefined || !said.has(text)) {
      said.add(text)
      return [name, property]
    }
    return [name, rest]
  })
  return { ...schema, properties: Object.fromEntries(properties) }
}
