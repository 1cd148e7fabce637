import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js'
import { type InputSchema, type PropertySchema, withoutOtherSpellings } from './arguments.js'
import type { Tool } from './tool.js'

/** A tool as a client is told of it. */
export interface ListedTool extends Pick<Tool, 'name' | 'title' | 'description' | 'annotations'> {
  inputSchema: InputSchema
}

/** What the protocol takes for granted of a tool that does not say. */
const ASSUMED: Readonly<Record<string, unknown>> = {
  idempotentHint: false,
  openWorldHint: true,
}

/**
 * Tools as they are listed. A model pays for every word of it in every conversation, so what a parameter means is
 * said where it comes first, and what says nothing is left out. Every name stays, in every tool.
 */
export function listedTools(tools: readonly Tool[], schemaOf: (tool: Tool) => InputSchema): ListedTool[] {
  const said = new Set<string>()
  return tools.map((tool) => {
    const { name, title, description } = tool
    // That nothing else is taken is said, with what is, to whoever gives something else.
    const { additionalProperties: _, ...schema } = withoutOtherSpellings(schemaOf(tool))
    const properties = Object.entries(schema.properties).map(([key, property]) => {
      return [key, listedProperty(key, property, said)] as const
    })
    const inputSchema = { ...schema, properties: Object.fromEntries(properties) }
    return { name, title, description, inputSchema, annotations: listedAnnotations(tool.annotations) }
  })
}

/**
 * What kind of value it is, and, unless it was said of that name before, what it means. That a switch is off, or a
 * choice the first one, needs no words. Choices are always there: clients may load one tool without the others.
 */
function listedProperty(name: string, property: PropertySchema, said: Set<string>): PropertySchema {
  const { type = plainType(property), items, description, default: preset, enum: choice } = property
  const kind = given({ type, items, enum: choice })
  const says = preset !== false && preset !== (choice as unknown[] | undefined)?.[0]
  const meaning = given({ default: says ? preset : undefined, description })
  const key = JSON.stringify([name, meaning])
  if (said.has(key)) return kind
  said.add(key)
  return { ...kind, ...meaning }
}

/** Of a choice of words that may be a boolean, the words: a model writes them, and the bounds are in the refusal. */
const plainType = ({ anyOf = [] }: PropertySchema): string | undefined =>
  anyOf.map(({ type }) => type).find((type) => type !== 'boolean')

/** A tool that only looks destroys nothing; of all others it is said whether they may. */
function listedAnnotations({ destructiveHint, ...hints }: ToolAnnotations): ToolAnnotations {
  const telling = Object.entries(hints).filter(([name, hint]) => hint !== ASSUMED[name])
  const listed = Object.fromEntries(telling)
  if (!hints.readOnlyHint) return given({ destructiveHint, ...listed })
  // Whether it may be repeated goes without saying, too.
  const { idempotentHint: _, ...looking } = listed
  return looking
}

/** An object without what is not there. */
const given = (all: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
