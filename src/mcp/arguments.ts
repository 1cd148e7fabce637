import { z } from 'zod'
import { invalid } from '../common/errors.js'

/** The published form of a tool's arguments: JSON Schema 2020-12. */
export interface InputSchema {
  [key: string]: unknown
  type: 'object'
  properties: Record<string, PropertySchema>
}

export interface PropertySchema {
  [key: string]: unknown
  type?: string
  anyOf?: PropertySchema[]
}

/** The JSON Schema of a tool's arguments, other spellings included, without the noise that costs a model's context and says nothing. */
export function publishedSchema(schema: z.ZodObject): InputSchema {
  const { $schema: _, ...published } = z.toJSONSchema(schema, { io: 'input', override: dropNoise })
  return published as InputSchema
}

/** Marks a parameter as another spelling of one, for users of other servers: it is taken, but not published. */
export const otherSpelling = <T extends z.ZodType>(schema: T): T => schema.meta({ spelling: 'other' })

export function withoutOtherSpellings(schema: InputSchema): InputSchema {
  const shown = Object.entries(schema.properties).filter(([, property]) => property.spelling !== 'other')
  return { ...schema, properties: Object.fromEntries(shown) }
}

function dropNoise({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  for (const keyword of ['propertyNames', 'minLength', 'maxLength']) delete jsonSchema[keyword]
}

/** Checks a call's arguments. @throws validation_error that says what is wrong and what is accepted */
export function checkedArguments(
  tool: string,
  schema: z.ZodObject,
  published: InputSchema,
  given: unknown,
): unknown {
  const result = schema.safeParse(coerced((given ?? {}) as Record<string, unknown>, published.properties))
  if (result.success) return result.data
  const accepted = Object.keys(withoutOtherSpellings(published).properties).join(', ')
  throw invalid(
    result.error.issues
      .slice(0, 3)
      .map((issue) => sentence(issue, tool, accepted))
      .join(' '),
  )
}

/** Decimal strings for numbers, words for booleans, null for "not given"; nothing else is turned into anything. */
function coerced(
  given: Record<string, unknown>,
  properties: Record<string, PropertySchema>,
): Record<string, unknown> {
  const entries = Object.entries(given).filter(([, value]) => value !== null)
  return Object.fromEntries(entries.map(([name, value]) => [name, coercedValue(value, properties[name])]))
}

function coercedValue(value: unknown, property: PropertySchema | undefined): unknown {
  if (typeof value !== 'string' || !property) return value
  const types = [property, ...(property.anyOf ?? [])].map(({ type }) => type)
  if ((types.includes('number') || types.includes('integer')) && /^\s*-?\d+(\.\d+)?\s*$/.test(value))
    return Number(value)
  // A choice of words that may also be a boolean (yes, no, ask…) knows its own words.
  const words = types.includes('string') ? /^(?:true|false|on)$/i : /^(?:true|false|yes|no|on|off)$/i
  if (types.includes('boolean') && words.test(value)) return /^(?:true|yes|on)$/i.test(value)
  return value
}

function sentence(issue: z.core.$ZodIssue, tool: string, accepted: string): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')
    return `Unknown argument ${names}. ${tool} takes: ${accepted}.`
  }
  const path = issue.path.map(String).join('.')
  if (
    issue.code === 'invalid_type' &&
    issue.input === undefined &&
    issue.message.endsWith('received undefined')
  ) {
    return `'${path}' is required. ${tool} takes: ${accepted}.`
  }
  return `${path || 'arguments'}: ${issue.message.replace(/^Invalid input: /, '')}.`
}
