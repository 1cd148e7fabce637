import { readFileSync } from 'node:fs'
import { buildkit, composeUp } from './build-progress.js'

/** A terminal stream as a real program wrote it, and the size of the terminal that it wrote for. */
export interface RecordedStream {
  name: string
  cols: number
  rows: number
}

/** Where a recording was not made at 120×40. */
const SIZES: Record<string, readonly [cols: number, rows: number]> = {
  'docker-pull-small': [80, 6],
  'narrow-bash': [40, 12],
  'zsh-default': [100, 30],
}

const NAMES = [
  'apt-install',
  'apt-update',
  'bash-readline',
  'boxes',
  'cargo',
  'curl-wget',
  'dialog',
  'docker-pull',
  'docker-pull-small',
  'fish',
  'fzf-tig',
  'git-log',
  'git-progress',
  'htop',
  'less',
  'long-output',
  'ls-color',
  'mc',
  'nano',
  'narrow-bash',
  'npm-ci',
  'nvim-emacs',
  'progress-cr',
  'progress-rich',
  'pytest',
  'python-repl',
  'screen-inside',
  'tmux',
  'top',
  'vim',
  'vim-session',
  'watch',
  'zsh-default',
  'zsh-fancy',
]

/** Written after the programs' own source, since no container engine runs where the others were recorded. */
const MADE: Record<string, (cols: number) => Buffer> = { buildkit, 'compose-up': composeUp }

export const RECORDED: readonly RecordedStream[] = [...NAMES, ...Object.keys(MADE)].map((name) => {
  const [cols, rows] = SIZES[name] ?? [120, 40]
  return { name, cols, rows }
})

export const bytesOf = ({ name, cols }: RecordedStream): Buffer =>
  MADE[name]?.(cols) ?? readFileSync(new URL(`../../fixtures/streams/${name}.bin`, import.meta.url))
