import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ToolError } from '../../../src/common/errors.js'
import {
  checkedArguments,
  otherSpelling,
  publishedSchema,
  withoutOtherSpellings,
} from '../../../src/mcp/arguments.js'

const schema = z.strictObject({
  target: z.string().min(1),
  port: z.int().min(1).max(65_535).optional(),
  seconds: z.number().min(0).default(10),
  force: z.boolean().optional(),
  keys: z.array(z.string()).optional(),
  mode: z.enum(['text', 'raw']).optional(),
  strict: z.union([z.boolean(), z.enum(['yes', 'no', 'ask'])]).optional(),
})
const published = publishedSchema(schema)

const checked = (given: unknown): unknown => checkedArguments('ssh_test', schema, published, given)
const with_ = (more: Record<string, unknown>): Record<string, unknown> => ({ target: 'h', ...more })

/** @returns the sentence with which the arguments are refused */
function refusal(given: unknown): string {
  try {
    checked(given)
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError)
    expect((error as ToolError).type).toBe('validation_error')
    return (error as ToolError).message
  }
  throw new Error('was not refused')
}

describe('checkedArguments takes', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['what is right', { port: 22, force: true }, { port: 22, force: true }],
    ['a decimal string for a number', { seconds: '1.5' }, { seconds: 1.5 }],
    ['a decimal string for a whole number', { port: '22' }, { port: 22 }],
    ['one with blanks around it', { port: ' 22 ' }, { port: 22 }],
    ['null as not given', { port: null, seconds: null, force: null }, {}],
    ['a number as a string, where a string is meant', { target: '5' }, { target: '5' }],
    ['a word for yes as a string, where a string is meant', { target: 'yes' }, { target: 'yes' }],
    ['words in a choice that may be a boolean', { strict: 'yes' }, { strict: 'yes' }],
    ['a boolean in such a choice', { strict: false }, { strict: false }],
    ['true as a string in such a choice', { strict: 'true' }, { strict: true }],
    ['false as a string in such a choice', { strict: 'False' }, { strict: false }],
    ['on in such a choice, which is none of its words', { strict: 'on' }, { strict: true }],
  ])('%s', (_, given, expected) => {
    expect(checked(with_(given))).toEqual({ target: 'h', seconds: 10, ...expected })
  })

  it.each([
    ['true', true],
    ['TRUE', true],
    ['yes', true],
    ['Yes', true],
    ['on', true],
    ['false', false],
    ['no', false],
    ['OFF', false],
  ])('%j for a boolean', (word, force) => {
    expect(checked(with_({ force: word }))).toMatchObject({ force })
  })
})

describe('checkedArguments refuses', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['NaN', { seconds: Number.NaN }, /^seconds: .*number/],
    ['Infinity', { seconds: Number.POSITIVE_INFINITY }, /^seconds: .*number/],
    ['a negative number', { seconds: -1 }, /^seconds: .*>=0/],
    ['a negative number as a string', { seconds: '-1' }, /^seconds: .*>=0/],
    ['a number that is too large', { port: 65_536 }, /^port: .*<=65535/],
    ['a fraction where a whole number is meant', { port: '22.5' }, /^port: .*int/],
    ['a number of so many digits that it is infinite', { seconds: '9'.repeat(400) }, /^seconds: .*number/],
    ['an exponent', { seconds: '1e3' }, /^seconds: .*number/],
    ['a hexadecimal number', { port: '0x16' }, /^port: .*number/],
    ['a number with a unit', { seconds: '10s' }, /^seconds: .*number/],
    ['an empty string for a number', { seconds: '' }, /^seconds: .*number/],
    ['NaN as a string', { seconds: 'NaN' }, /^seconds: .*number/],
    ['1 for a boolean', { force: 1 }, /^force: .*boolean/],
    ['"1" for a boolean', { force: '1' }, /^force: .*boolean/],
    ['another word for a boolean', { force: 'maybe' }, /^force: .*boolean/],
    ['a number for a string', { target: 5 }, /^target: .*string/],
    ['a string for a list', { keys: 'Enter' }, /^keys: .*array/],
    ['a number in a list', { keys: ['a', 5] }, /^keys\.1: .*string/],
    ['a word that is no choice', { mode: 'html' }, /^mode: .*"text"\|"raw"/],
    ['a list for a number', { port: [22] }, /^port: .*number/],
  ])('%s', (_, given, message) => {
    expect(refusal(with_(given))).toMatch(message)
  })

  it('unknown arguments by name, with those it takes', () => {
    expect(refusal(with_({ hots: 'x', 'a"b': 1 }))).toBe(
      'Unknown argument "hots", "a\\"b". ssh_test takes: target, port, seconds, force, keys, mode, strict.',
    )
  })

  it.each(['constructor', 'toString', 'hasOwnProperty'])('%s, which every object has', (name) => {
    expect(refusal(with_({ [name]: 'true' }))).toContain(`Unknown argument "${name}"`)
  })

  it('an unknown argument of great length, without repeating it', () => {
    expect(refusal(with_({ ['x'.repeat(10_000)]: 1 })).length).toBeLessThan(300)
  })

  it.each<[string, unknown]>([
    ['left out', {}],
    ['null', { target: null }],
    ['left out with no arguments at all', undefined],
  ])('a required argument that is %s', (_, given) => {
    expect(refusal(given)).toBe(
      "'target' is required. ssh_test takes: target, port, seconds, force, keys, mode, strict.",
    )
  })

  it('several mistakes at once', () => {
    expect(refusal(with_({ port: 'x', seconds: 'y' }))).toMatch(/port: .* seconds: /)
  })
})

describe('publishedSchema', () => {
  it('is JSON Schema without noise', () => {
    expect(published).toMatchObject({ type: 'object', required: ['target'], additionalProperties: false })
    expect(published.properties.seconds).toEqual({ type: 'number', minimum: 0, default: 10 })
    expect(JSON.stringify(published)).not.toMatch(/\$schema|9007199254740991|propertyNames/)
  })
})

describe('another spelling of a parameter', () => {
  const spelled = z.strictObject({
    target: z.string(),
    seconds: z.number().optional(),
    host: otherSpelling(z.string().min(1).optional()),
    seconds_sec: otherSpelling(z.number().min(0).optional()),
    quick: otherSpelling(z.boolean().optional()),
  })
  const schema = publishedSchema(spelled)
  const check = (given: unknown): unknown => checkedArguments('ssh_test', spelled, schema, given)

  it('is not published', () => {
    expect(Object.keys(schema.properties)).toEqual(['target', 'seconds', 'host', 'seconds_sec', 'quick'])
    const shown = withoutOtherSpellings(schema)
    expect(Object.keys(shown.properties)).toEqual(['target', 'seconds'])
    expect(JSON.stringify(shown)).not.toMatch(/spelling|host|seconds_sec|quick/)
    expect(shown).toMatchObject({ type: 'object', required: ['target'], additionalProperties: false })
  })

  it('leaves the schema that it is taken out of as it is', () => {
    withoutOtherSpellings(schema)
    expect(schema.properties).toHaveProperty('host')
  })

  it('is taken, and read as what it is', () => {
    expect(check({ target: 'h', host: '5', seconds_sec: '1.5', quick: 'yes' })).toEqual({
      target: 'h',
      host: '5',
      seconds_sec: 1.5,
      quick: true,
    })
  })

  it('is checked', () => {
    expect(() => check({ target: 'h', seconds_sec: -1 })).toThrow(/^seconds_sec: .*>=0/)
  })

  it('is not named among what a tool takes', () => {
    expect(() => check({ target: 'h', hots: 1 })).toThrow(
      'Unknown argument "hots". ssh_test takes: target, seconds.',
    )
  })
})
