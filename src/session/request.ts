import { invalid } from '../common/errors.js'
import type { Caller } from '../connection/caller.js'
import { type ConnectionArguments, type ConnectionRequest, connectionRequest } from '../connection/options.js'
import { checkTexts, type ShellStart } from '../ssh/remote-command.js'
import type { ObserverMode } from './observer.js'

export interface SessionArguments extends ConnectionArguments {
  session_name?: string | undefined
  cwd?: string | undefined
  env?: Record<string, string> | undefined
  shell?: string | undefined
  cols?: number | undefined
  rows?: number | undefined
  observer_mode: ObserverMode
  auto_close: boolean
  durable: boolean
  integration: boolean
}

/** A session that is asked for, everything in it checked. */
export interface SessionRequest {
  connection: ConnectionRequest
  name: string | null
  shell: ShellStart
  /** null where the caller gave none. */
  cols: number | null
  rows: number | null
  observerMode: ObserverMode
  autoClose: boolean
  /** Whether the shell may be made to report its commands. */
  integration: boolean
}

/** @throws validation_error or policy_denied */
export function sessionRequest(args: SessionArguments, caller: Caller): SessionRequest {
  if (args.durable) throw invalid('durable sessions are not available in this version; leave durable out.')
  checkTexts({ cwd: args.cwd, shell: args.shell, ...args.env })
  return {
    connection: connectionRequest(args, caller),
    name: args.session_name ?? null,
    shell: { cwd: args.cwd ?? null, env: args.env ?? {}, shell: args.shell ?? null },
    cols: args.cols ?? null,
    rows: args.rows ?? null,
    observerMode: args.observer_mode,
    autoClose: args.auto_close,
    integration: args.integration,
  }
}
