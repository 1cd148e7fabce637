import { readFileSync } from 'node:fs'

/** A terminal stream as a real program wrote it, and the size of the terminal that it wrote for. */
export interface RecordedStream {
  name: string
  cols: number
  rows: number
}

/** Where a recording was not made at 120×40. */
const SIZES: Record<string, readonly [cols: number, rows: number]> = {
  'zsh-default': [100, 30],
}

const NAMES = [
  'bash-readline',
  'fish',
  'git-log',
  'less',
  'ls-color',
  'progress-cr',
  'vim',
  'vim-session',
  'zsh-default',
  'zsh-fancy',
]

export const RECORDED: readonly RecordedStream[] = NAMES.map((name) => {
  const [cols, rows] = SIZES[name] ?? [120, 40]
  return { name, cols, rows }
})

export const bytesOf = ({ name }: RecordedStream): Buffer =>
  readFileSync(new URL(`../../fixtures/streams/${name}.bin`, import.meta.url))
