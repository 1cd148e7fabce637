import { setTimeout as pause } from 'node:timers/promises'
import { childEnvironment } from '../common/environment.js'
import { STOP_GRACE_MS } from '../common/limits.js'
import type { DaemonSettings } from '../common/settings.js'
import { Executor } from '../connection/exec.js'
import { Masters } from '../connection/masters.js'
import { QuestionPages } from '../connection/question-page.js'
import { Questions } from '../connection/questions.js'
import { removeStaleControls } from '../connection/stale-controls.js'
import { Forwards } from '../forward/forwards.js'
import { writeAskpassProgram } from '../platform/askpass-program.js'
import { writeFallbackConfig } from '../platform/fallback-config.js'
import type { StatePaths } from '../platform/paths.js'
import { SessionOpener } from '../session/ensure.js'
import { Registry } from '../session/registry.js'
import { reviveSessions } from '../session/revive.js'
import { stopSession } from '../session/stop.js'
import { Transfers } from '../transfer/transfers.js'

/** How long the end of the commands that still run is waited for, in milliseconds. */
const COMMANDS_GRACE_MS = 3000

/** The same for forwards that are being taken back; longer than a master has to answer. */
const FORWARDS_GRACE_MS = 4000

/** What every connection shares: the sessions, ssh's connections, and the one way to end them all. */
export class Hub {
  readonly registry: Registry
  readonly opener: SessionOpener
  readonly masters: Masters
  readonly executor: Executor
  readonly transfers = new Transfers()
  readonly forwards: Forwards
  readonly questions: Questions
  readonly pages = new QuestionPages()

  /** @param socket where the askpass helper finds this process */
  constructor(paths: StatePaths, settings: DaemonSettings, env: Record<string, string>, socket: string) {
    writeAskpassProgram(paths.askpass)
    writeFallbackConfig(paths.fallbackConfig)
    removeStaleControls(paths.controls)
    this.questions = new Questions(socket, paths.askpass)
    this.registry = new Registry(settings.maxSessions)
    this.opener = new SessionOpener(this.registry, paths, this.questions)
    this.masters = new Masters(paths, this.questions)
    this.executor = new Executor(this.masters)
    this.forwards = new Forwards(this.masters)
    reviveSessions(this.registry, paths, childEnvironment(env))
  }

  /** Stops every session, its ssh and its window, every forward and every shared connection, all at once. */
  async stopAll(): Promise<void> {
    this.pages.close()
    const stopping = Promise.all([this.executor.stop(), this.transfers.stop()])
    const commands = Promise.race([stopping, pause(COMMANDS_GRACE_MS, undefined, { ref: false })])
    const sessions = this.registry.all().map((session) => stopSession(session, false, STOP_GRACE_MS))
    // Before the connections: they would be made again, and those of the person's own would stay.
    const forwards = Promise.race([
      this.forwards.stopAll(),
      pause(FORWARDS_GRACE_MS, undefined, { ref: false }),
    ])
    await Promise.all([...sessions, Promise.all([commands, forwards]).then(() => this.masters.close())])
  }
}
