import { CHILD_TIMEOUT_MS } from '../common/limits.js'
import { type ChildResult, runChild } from './child.js'

/** The tmux that a client uses: its program and the environment that leads to the person's own server. */
export interface TmuxAccess {
  program: string
  env: Record<string, string>
}

export interface TmuxViewer {
  /** The name wished for; the one that exists may carry a suffix. */
  name: string
  /** Stored as an option of the tmux session, so that only what is ours is ever killed. */
  owner: string
  transcript: string
  cols: number
  rows: number
}

const OWNER = '@ssh_mcp_session'
/** A viewer must not echo what the pane's terminal answers to queries in the output (device attributes and the like). */
const FOLLOW = 'stty -echo -icanon min 1 2>/dev/null; exec tail -n +1 -f "$1"'

/**
 * A tmux session name for a target and a session: what tmux itself would make of them (it turns `.` and `:`
 * into `_`), with everything that tmux would expand as a format, or cannot show, replaced.
 */
export function viewerName(target: string, session: string, fallback: string): string {
  return `ssh-mcp-${slug(target) || 'host'}-${slug(session) || fallback}`
}

const slug = (text: string): string =>
  text
    .replace(/[.:]/g, '_')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)

/**
 * Opens a detached tmux session that follows a transcript, of exactly the size of its terminal.
 * @returns the name that exists, or why there is none
 */
export async function openViewer(
  tmux: TmuxAccess,
  viewer: TmuxViewer,
): Promise<{ name: string } | { failure: string }> {
  const names = [viewer.name, ...suffixes(viewer)]
  let result = await create(tmux, viewer, viewer.name)
  for (const name of names.slice(1)) {
    if (!result.stderr.includes('duplicate session')) break
    result = await create(tmux, viewer, name)
  }
  if (result.code !== 0) return { failure: failureOf(result) }
  return { name: result.stdout.trim() }
}

const suffixes = ({ name, owner }: TmuxViewer): string[] => [
  `${name}-${owner.slice(0, 4)}`,
  `${name}-${owner}`,
]

function create(tmux: TmuxAccess, viewer: TmuxViewer, name: string): Promise<ChildResult> {
  const { cols, rows, owner, transcript } = viewer
  const size = ['-x', String(cols), '-y', String(rows)]
  const session = ['new-session', '-d', '-s', name, ...size, '-P', '-F', '#{session_name}']
  return run(tmux, [
    ...[...session, 'sh', '-c', FOLLOW, 'ssh-mcp-viewer', transcript],
    ...[';', 'set-option', '-t', `=${name}:`, OWNER, owner],
    ...[';', 'set-option', '-t', `=${name}:`, 'destroy-unattached', 'off'],
    // Sizes the window itself, whatever status lines and clients there are, and keeps it so.
    ...[';', 'resize-window', '-t', `=${name}:`, ...size],
  ])
}

/** Whether the tmux session of that name exists and is the one of this owner. */
export async function viewerExists(tmux: TmuxAccess, name: string, owner: string): Promise<boolean> {
  const { stdout } = await run(tmux, ['display-message', '-p', '-t', `=${name}:`, `#{${OWNER}}`])
  return stdout.trim() === owner
}

/** Ends the tmux session of that name if it is still the one of this owner. */
export async function closeViewer(tmux: TmuxAccess, name: string, owner: string): Promise<void> {
  const kill = `kill-session -t =${name}`
  await run(tmux, ['if-shell', '-F', '-t', `=${name}:`, `#{==:#{${OWNER}},${owner}}`, kill])
}

export async function resizeViewer(
  tmux: TmuxAccess,
  name: string,
  cols: number,
  rows: number,
): Promise<void> {
  await run(tmux, ['resize-window', '-t', `=${name}:`, '-x', String(cols), '-y', String(rows)])
}

const run = (tmux: TmuxAccess, args: string[]): Promise<ChildResult> =>
  runChild(tmux.program, args, { env: tmux.env, timeoutMs: CHILD_TIMEOUT_MS })

const failureOf = (result: ChildResult): string =>
  result.failure ?? (result.stderr.trim().split('\n')[0] || `tmux ended with code ${result.code}`)
