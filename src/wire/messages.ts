import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js'

// What is asked here of messages that were checked before, or are our daemon's: the SDK's guards check them whole again.

/** The id of a request that waits for an answer. */
export const requestId = (message: JSONRPCMessage): RequestId | undefined =>
  'method' in message && 'id' in message ? message.id : undefined

/** The id of the request that is answered. */
export const answeredId = (message: JSONRPCMessage): RequestId | undefined =>
  'method' in message ? undefined : message.id

/** The id of the request that a client no longer wants answered. */
export function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || 'id' in message || message.method !== 'notifications/cancelled')
    return undefined
  const { requestId: id } = (message.params ?? {}) as { requestId?: unknown }
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}

/** The ids of the requests in a body that nobody has checked yet. */
export function requestIds(body: unknown): RequestId[] {
  const messages = (Array.isArray(body) ? body : [body]) as (Partial<JSONRPCRequest> | null)[]
  return messages.flatMap((message) =>
    message?.method !== undefined && message.id !== undefined ? [message.id] : [],
  )
}
