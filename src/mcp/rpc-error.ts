import { ErrorCode } from '@modelcontextprotocol/sdk/types.js'

/** The protocol's code for a resource that is not there; the SDK has no name for it. */
const RESOURCE_NOT_FOUND = -32002

/** An error that a request is answered with. Unlike the SDK's its message says nothing twice. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.name = 'RpcError'
    this.code = code
    this.data = data
  }
}

export const invalidParams = (message: string): RpcError => new RpcError(ErrorCode.InvalidParams, message)

export const unknownMethod = (method: string): RpcError =>
  new RpcError(ErrorCode.MethodNotFound, `Unknown method ${JSON.stringify(method.slice(0, 100))}.`)

export const tooMany = (message: string): RpcError => new RpcError(ErrorCode.InvalidRequest, message)

export const noResource = (uri: string, message = 'Resource not found'): RpcError =>
  new RpcError(RESOURCE_NOT_FOUND, message, { uri })
