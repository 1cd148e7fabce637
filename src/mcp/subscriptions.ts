import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { Coalesced } from './coalesced.js'
import type { OfferedResources, Shared } from './offer.js'
import { noResource, tooMany } from './rpc-error.js'

/** Subscriptions of one connection: both resources of twice the sessions that a daemon runs, so that one in a loop is noticed. */
const MAX_SUBSCRIPTIONS = 256

/** What one connection is told of without asking: changes of the list, and of the resources it subscribed to. */
export class Subscriptions {
  readonly #server: Server
  readonly #resources: OfferedResources
  readonly #shared: Shared
  readonly #stops = new Map<string, () => void>()
  #stopList: (() => void) | null = null
  #hooked = false

  constructor(server: Server, resources: OfferedResources, shared: Shared) {
    this.#server = server
    this.#resources = resources
    this.#shared = shared
  }

  /** Tells of changes of the list from now on, until the connection is closed. */
  watchList(): void {
    if (this.#stopList || !this.#endsWithConnection()) return
    const { watchList } = this.#resources
    const tell = this.#coalesced({ method: 'notifications/resources/list_changed' })
    const stop = watchList?.call(this.#resources, this.#shared, () => tell.changed())
    this.#stopList = () => {
      stop?.()
      tell.close()
    }
  }

  /** @throws where there is no such resource, or too many are subscribed to */
  subscribe(uri: string): void {
    if (this.#stops.has(uri)) return
    const resource = this.#resources.open(uri, this.#shared)
    if (!resource) throw noResource(uri)
    if (this.#stops.size >= MAX_SUBSCRIPTIONS)
      throw tooMany(
        `${MAX_SUBSCRIPTIONS} resources are subscribed to, which is the limit. Unsubscribe from some.`,
      )
    if (!this.#endsWithConnection()) return
    const tell = this.#coalesced({ method: 'notifications/resources/updated', params: { uri } })
    const stop = resource.watch(() => tell.changed())
    this.#stops.set(uri, () => {
      stop()
      tell.close()
    })
  }

  /** Ends a subscription; to one that there is not, nothing happens. */
  unsubscribe(uri: string): void {
    this.#stops.get(uri)?.()
    this.#stops.delete(uri)
  }

  #coalesced(notification: Parameters<Server['notification']>[0]): Coalesced {
    // In turns, so that a client that does not read has one of each waiting and no more.
    const tell = () => this.#server.notification(notification)
    return new Coalesced((closed) => this.#shared.turns.run(tell, closed))
  }

  /** Sees to it that all ends with the connection. @returns false if that has ended already */
  #endsWithConnection(): boolean {
    const { transport } = this.#server
    if (this.#hooked || !transport) return transport !== undefined
    this.#hooked = true
    const before = transport.onclose
    transport.onclose = () => {
      before?.()
      this.#close()
    }
    return true
  }

  #close(): void {
    this.#stopList?.()
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }
}
