import { matchesGlob } from '../ssh/glob.js'
import type { Connection } from './resolve.js'

/** What the person's configuration sends along with a command: variables (SendEnv, SetEnv) and their agent. */
export function sentVariables({ ssh, resolved }: Connection): {
  env: (readonly [string, string])[]
  forwardAgent: boolean
} {
  const sent = Object.entries(ssh.env).filter(([name]) =>
    resolved.sendEnv.some((pattern) => matchesGlob(pattern, name)),
  )
  return { env: [...sent, ...resolved.setEnv], forwardAgent: resolved.forwardAgent }
}
