import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type {
  CallToolResult,
  GetPromptResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  ServerCapabilities,
  ServerNotification,
  ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import type { Turns } from '../common/turns.js'
import type { Caller } from '../connection/caller.js'
import type { ListedTool } from './listing.js'
import type { Services } from './tool.js'

/** What the requests of one connection have in common. */
export interface Shared {
  caller: Caller
  services: Services
  turns: Turns
}

/** One request under way: whose it is, and the ways back to its client. */
export interface RequestContext {
  shared: Shared
  server: Server
  extra: RequestHandlerExtra<ServerRequest, ServerNotification>
}

/** What a server has to offer, as data: the methods of the protocol are the same over any offer. */
export interface Offer {
  capabilities: ServerCapabilities
  instructions?: string
  tools(caller: Caller): readonly OfferedTool[]
  resources: OfferedResources
  prompts: readonly OfferedPrompt[]
}

export interface OfferedTool {
  listed: ListedTool
  /** It may be called, and then says why it is not listed. */
  hidden?: boolean
  call(given: unknown, request: RequestContext): Promise<CallToolResult>
}

/** A place in a list that does not depend on what else is in it. */
export interface Keyed<T> {
  key: string
  listed: T
}

export interface OfferedResources {
  templates: readonly { listed: ResourceTemplate; completers: Completers }[]
  /** All there are now, in any order; they are told in the order of their keys. */
  list(shared: Shared): readonly Keyed<Resource>[]
  /** @returns null where there is no such resource for this caller */
  open(uri: string, shared: Shared): OpenResource | null
  /** Calls back after each change of the list. @returns a function that ends it */
  watchList?(shared: Shared, changed: () => void): () => void
}

export interface OpenResource {
  /** @throws ToolError where it cannot be read any more */
  read(request: RequestContext): Promise<ReadResourceResult['contents']>
  /** Calls back after each change. @returns a function that ends it */
  watch(changed: () => void): () => void
}

export interface OfferedPrompt {
  listed: Prompt
  completers: Completers
  get(args: Readonly<Record<string, string>>, request: RequestContext): Promise<GetPromptResult>
}

/** By the name of the argument: all that it may be, best first. `others` are arguments that were given before. */
export type Completers = Readonly<Record<string, Completer>>
export type Completer = (
  request: RequestContext,
  others: Readonly<Record<string, string>>,
) => Promise<readonly string[]> | readonly string[]
