import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js'
import type { z } from 'zod'
import type { Turns } from '../common/turns.js'
import type { Caller } from '../session/caller.js'
import type { SessionOpener } from '../session/ensure.js'
import type { Registry } from '../session/registry.js'
import type { Session } from '../session/session.js'

/** What a tool call may use. */
export interface Call {
  caller: Caller
  registry: Registry
  opener: SessionOpener
  /** In which this connection's calls make their output. */
  turns: Turns
  /** Aborted when the call is cancelled or its client is gone: ends this wait only. */
  signal: AbortSignal
  /** Reports progress on a session to a client that asked for it, for as long as `work` lasts. */
  withProgress<T>(session: Session, work: Promise<T>): Promise<T>
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
