import { childEnvironment } from '../common/environment.js'
import { STOP_GRACE_MS } from '../common/limits.js'
import type { DaemonSettings } from '../common/settings.js'
import type { StatePaths } from '../platform/paths.js'
import { SessionOpener } from '../session/ensure.js'
import { Registry } from '../session/registry.js'
import { reviveSessions } from '../session/revive.js'
import { stopSession } from '../session/stop.js'

/** What every connection shares: the sessions, and the one way to end them all. */
export class Hub {
  readonly registry: Registry
  readonly opener: SessionOpener

  constructor(paths: StatePaths, settings: DaemonSettings, env: Record<string, string>) {
    this.registry = new Registry(settings.maxSessions)
    this.opener = new SessionOpener(this.registry, paths)
    reviveSessions(this.registry, paths, childEnvironment(env))
  }

  /** Stops every session, its ssh and its window, all at once. */
  async stopAll(): Promise<void> {
    await Promise.all(this.registry.all().map((session) => stopSession(session, false, STOP_GRACE_MS)))
  }
}
