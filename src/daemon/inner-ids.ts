import {
  isJSONRPCNotification,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'

// The SDK does not cancel a request whose id is 0 or '', so inside ours are never either.

const innerId = (id: RequestId): RequestId => (typeof id === 'string' ? `:${id}` : String(id))

/** @param inner an id that the SDK was given by `inward` */
export const outerId = (inner: RequestId): RequestId => {
  const text = String(inner)
  return text.startsWith(':') ? text.slice(1) : Number(text)
}

/** A client's message as the SDK gets it: what names one of the client's requests names it by its inner id. */
export function inward(message: JSONRPCMessage): JSONRPCMessage {
  if ('method' in message && 'id' in message) return { ...message, id: innerId(message.id) }
  const cancelled = cancelledId(message)
  if (cancelled === undefined) return message
  const { params } = message as { params?: object }
  return { ...message, params: { ...params, requestId: innerId(cancelled) } } as JSONRPCMessage
}

/** The id of the request that a client no longer wants answered. */
export function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return undefined
  const { requestId } = (message.params ?? {}) as { requestId?: unknown }
  return typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined
}
