#!/usr/bin/env node
import { COMMANDS } from './cli/commands.js'

const [name = '', ...rest] = process.argv.slice(2)
const command = COMMANDS.find((candidate) => candidate.names.includes(name))
try {
  if (command) await command.run(rest)
  else throw Object.assign(new Error(`unknown command '${name}'. See 'ssh-mcp help'.`), { exitCode: 2 })
} catch (error) {
  process.stderr.write(`ssh-mcp: ${(error as Error).message}\n`)
  process.exitCode = (error as { exitCode?: number }).exitCode ?? 1
}
