/** Diagnostics of one daemon are cut off here, in bytes: a client that sends nonsense must not fill the disk. */
const MAX_BYTES = 10 * 1024 * 1024
let written = 0

/** The daemon's own diagnostics, a line each on standard error; terminal output and secrets never go here. */
export function log(message: string): void {
  const line = `${new Date().toISOString()} [${process.pid}] ${message}\n`
  written += line.length
  if (written <= MAX_BYTES) process.stderr.write(line)
}
