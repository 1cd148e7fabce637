import { renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Writes the program that ssh runs to have a question answered: ssh takes a path only, without arguments, so it
 * is a line of shell that starts our own `askpass` command.
 */
export function writeAskpassProgram(path: string): void {
  const entry = fileURLToPath(new URL('../cli.js', import.meta.url))
  const words = [process.execPath, entry, 'askpass'].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  writeFileSync(`${path}.new`, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o700 })
  renameSync(`${path}.new`, path)
}
