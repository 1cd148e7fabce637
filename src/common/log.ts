/** The daemon's own diagnostics, a line each on standard error; terminal output and secrets never go here. */
export function log(message: string): void {
  process.stderr.write(`${new Date().toISOString()} [${process.pid}] ${message}\n`)
}
