import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import { cancelledId, requestId } from '../wire/messages.js'

// The SDK does not cancel a request whose id is 0 or '', so inside ours are never either.

const innerId = (id: RequestId): RequestId => (typeof id === 'string' ? `:${id}` : String(id))

/** @param inner an id that the SDK was given by `inward` */
export const outerId = (inner: RequestId): RequestId => {
  const text = String(inner)
  return text.startsWith(':') ? text.slice(1) : Number(text)
}

/** A client's message as the SDK gets it: what names one of the client's requests names it by its inner id. */
export function inward(message: JSONRPCMessage): JSONRPCMessage {
  const id = requestId(message)
  if (id !== undefined) return { ...message, id: innerId(id) } as JSONRPCMessage
  const cancelled = cancelledId(message)
  if (cancelled === undefined) return message
  const { params } = message as { params?: object }
  return { ...message, params: { ...params, requestId: innerId(cancelled) } } as JSONRPCMessage
}
