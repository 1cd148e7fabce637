/** A line that is typed; once its I mark came, the payload follows, which the terminal does not show. */
export interface Exchange {
  line: string
  payload: string
}

/** A canonical terminal takes lines of 4095 bytes on Linux and of 1024 on macOS. */
export const LINE_BYTES = 900

/** The lines of a script without indentation, blank lines and comments, with the nonce in its place. */
export function scriptLines(script: string, nonce: string): string[] {
  return script
    .replaceAll('NONCE', nonce)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** What is written when the shell reads lines. */
export const payloadOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
