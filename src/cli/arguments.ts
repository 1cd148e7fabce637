import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A mistake in a command line, or something that cannot be done: said in a sentence, with an exit code. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Reads a command's options. @throws CommandError with exit code 2 */
export function commandLine<T extends ParseArgsConfig['options']>(
  args: string[],
  options: T,
  positionals = 0,
) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: positionals > 0, strict: true })
    if (parsed.positionals.length !== positionals) throw new Error('one session name or id is needed')
    return parsed
  } catch (error) {
    throw new CommandError(`${(error as Error).message}. See 'ssh-mcp help'.`, 2)
  }
}
