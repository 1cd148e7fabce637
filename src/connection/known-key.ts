import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** The fingerprint of the host key on a line (from 1 on) of a known_hosts file, as ssh prints it; null if there is none. */
export async function knownFingerprint({
  path,
  line,
}: {
  path: string
  line: number
}): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).split('\n')[line - 1] ?? ''
    // [@marker] hosts type key [comment]: the key is the first field that begins like one (sshd(8)).
    const key = text.split(/\s+/).find((field) => field.startsWith('AAAA'))
    if (!key) return null
    const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')
    return `SHA256:${digest.replace(/=+$/, '')}`
  } catch {
    return null
  }
}
