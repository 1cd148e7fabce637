import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js'
import type { z } from 'zod'
import type { Toolset } from '../common/settings.js'
import type { Turns } from '../common/turns.js'
import type { Caller } from '../connection/caller.js'
import type { Executor } from '../connection/exec.js'
import type { Masters } from '../connection/masters.js'
import type { QuestionPages } from '../connection/question-page.js'
import type { Asker } from '../connection/questions.js'
import type { Forwards } from '../forward/forwards.js'
import type { SessionOpener } from '../session/ensure.js'
import type { Registry } from '../session/registry.js'
import type { Session } from '../session/session.js'
import type { Transfers } from '../transfer/transfers.js'

/** What all connections share. */
export interface Services {
  registry: Registry
  opener: SessionOpener
  masters: Masters
  executor: Executor
  transfers: Transfers
  forwards: Forwards
  pages: QuestionPages
}

/** What a tool call may use. */
export interface Call extends Services {
  caller: Caller
  /** In which this connection's calls make their output. */
  turns: Turns
  /** Aborted when the call is cancelled or its client is gone: ends this wait only. */
  signal: AbortSignal
  /** The way to the person, where the client has one. */
  asker: Asker | null
  /** The session of an id or name, if the caller may reach its target. @throws session_not_found or policy_denied */
  session(idOrName: string): Session
  /** Whether the client asked for progress. */
  wantsProgress: boolean
  /** Reports progress, with the newest line of output, to a client that asked for it, as long as `work` lasts. */
  withProgress<T>(newestLine: () => string | null, work: Promise<T>, everyMs?: number): Promise<T>
}

/** What a tool has to say; the one renderer makes a result of it. */
export interface Outcome {
  /** Text to be read as it is, by its name among the fields. */
  text: Record<string, string>
  /** Everything else, complete; null where unknown. */
  facts: Record<string, unknown>
  /** Facts that only the structured form carries. */
  structuredOnly?: readonly string[]
}

export interface Tool {
  name: string
  toolset: Toolset
  title: string
  description: string
  annotations: ToolAnnotations
  input: z.ZodObject
  run(args: unknown, call: Call): Promise<Outcome>
}

/** A tool with its arguments typed by its schema. */
export function defineTool<Input extends z.ZodObject>(
  tool: Omit<Tool, 'input' | 'run'> & {
    input: Input
    run(args: z.output<Input>, call: Call): Promise<Outcome>
  },
): Tool {
  return { ...tool, run: (args, call) => tool.run(args as z.output<Input>, call) }
}
