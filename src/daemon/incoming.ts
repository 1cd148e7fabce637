import {
  ErrorCode,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'
import { hasTooManyValues, MAX_VALUES } from '../wire/json-values.js'
import { MAX_BATCH } from './batches.js'

/** What is wrong with what came; the id is null where it belongs to no request. */
export interface ErrorAnswer {
  jsonrpc: '2.0'
  id: RequestId | null
  error: { code: number; message: string }
}

export interface Incoming {
  messages: JSONRPCMessage[]
  errors: ErrorAnswer[]
  isBatch: boolean
}

/** Reads a line: a message, or several in an array. */
export function incoming(line: string): Incoming {
  const read: Incoming = { messages: [], errors: [], isBatch: false }
  if (hasTooManyValues(line))
    return { ...read, errors: [errorAnswer(null, ErrorCode.InvalidRequest, TOO_MANY)] }
  const value = parsed(line)
  if (value instanceof Error) read.errors.push(errorAnswer(null, ErrorCode.ParseError, value.message))
  else if (!Array.isArray(value)) take(value, read)
  else if (value.length === 0 || value.length > MAX_BATCH) {
    const message = `A batch has 1 to ${MAX_BATCH} messages.`
    read.errors.push(errorAnswer(null, ErrorCode.InvalidRequest, message))
  } else {
    read.isBatch = true
    for (const one of value) take(one, read)
  }
  return read
}

export const errorAnswer = (id: RequestId | null, code: number, message: string): ErrorAnswer => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

const TOO_MANY = `A message may have ${MAX_VALUES} values at most.`

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    return new Error(`Invalid JSON: ${(error as Error).message}`)
  }
}

function take(value: unknown, { messages, errors }: Incoming): void {
  const checked = JSONRPCMessageSchema.safeParse(value)
  if (checked.success) return void messages.push(checked.data)
  const id = (value as { id?: unknown } | null)?.id
  const known = typeof id === 'string' || typeof id === 'number' ? id : null
  const message = 'Not a JSON-RPC 2.0 request, notification or response.'
  errors.push(errorAnswer(known, ErrorCode.InvalidRequest, message))
}
