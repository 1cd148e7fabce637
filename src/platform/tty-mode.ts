import { runChild } from './child.js'

/**
 * What a terminal is set to: `raw` once ssh has a session and passes every key on, `noecho` while something
 * asks for a secret, `cooked` otherwise; `unknown` where stty cannot say.
 */
export type TtyMode = 'raw' | 'cooked' | 'noecho' | 'unknown'

export async function readTtyMode(ttyPath: string): Promise<TtyMode> {
  const flag = process.platform === 'linux' ? '-F' : '-f'
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  const { code, stdout } = await runChild('stty', [flag, ttyPath, '-a'], { env, timeoutMs: 1000 })
  if (code !== 0) return 'unknown'
  const off = new Set(stdout.match(/(?<=\s)-\w+/g))
  if (off.has('-icanon')) return 'raw'
  return off.has('-echo') ? 'noecho' : 'cooked'
}
