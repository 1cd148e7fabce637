import type { Glance } from '../session/glance.js'

/** Characters of a line that ordinary names and a short command fit in: with the facts behind it, under 150 bytes. */
const LINE_CHARS = 90
/** Longest name and target, and what of a command is shown at least, so that every line has a bound. */
export const NAME_CHARS = 24
const TARGET_CHARS = 28
/** The same where the session has ended: nothing but its target and name leads to a new one there. */
const NEEDED_TARGET_CHARS = 64
const COMMAND_CHARS = 20
/** A newest line of which less fits tells nothing. */
const NEWEST_CHARS = 12

/** What runs where, a line a session, whatever its name, target and output hold. */
export const overview = (sessions: readonly Glance[]): string =>
  sessions.map((session) => `${sessionLine(session)}\n`).join('')

/** Sessions that have ended and are told of where nobody asked for all: hundreds may be left of an hour. */
const MOST_EXITED = 20

/** The same without what ended long ago, where that is much. */
export function shortOverview(sessions: readonly Glance[]): string {
  const exited = sessions.filter(({ ended }) => ended !== null)
  const newest = exited.sort((a, b) => (a.ended?.secondsAgo ?? 0) - (b.ended?.secondsAgo ?? 0))
  const leftOut = new Set(newest.slice(MOST_EXITED))
  const more = leftOut.size > 0 ? `${leftOut.size} more have exited: ssh_list_sessions tells of them\n` : ''
  return overview(sessions.filter((session) => !leftOut.has(session))) + more
}

/** What a fresh context is told: what runs, and how to go on. */
export function resumeText(sessions: readonly Glance[]): string {
  if (sessions.length === 0)
    return 'No SSH session is open. ssh_run opens one: give it target, session_name and command.\n'
  const hasExited = sessions.some(({ ended }) => ended !== null)
  const waitsForSecret = sessions.some(({ ended, waitsFor }) => !ended && waitsFor === 'password')
  return [
    'These shells on remote machines were opened before your context began, by you or by others. Those that run are as ' +
      'they were left, with directory, variables and programs:\n\n',
    shortOverview(sessions),
    '\nGo on by session name: ssh_read_session gives what is unread and waits for what still runs, ssh_run runs the next ' +
      'command. Read before you repeat a command: it may be running yet, or have done its work.',
    waitsForSecret ? ' Never type a password: ask the person to type it in the session.' : '',
    hasExited
      ? ' What has exited can still be read; ssh_run with its target and session_name opens it anew.\n'
      : '\n',
  ].join('')
}

function sessionLine(session: Glance): string {
  const { target, ended, upSeconds, unread } = session
  const where = `${calledBy(session)} on ${cut(target, ended ? NEEDED_TARGET_CHARS : TARGET_CHARS)}, `
  const since = ended ? `exited (${ended.reason}) ${age(ended.secondsAgo)} ago` : `up ${age(upSeconds)}`
  const left = unread > 0 ? `; ${unread.toLocaleString('en-US')} unread` : ''
  const room = LINE_CHARS - where.length - since.length - left.length - ': '.length
  const doing = whatItDoes(session, room)
  return `${where}${since}${doing && `: ${doing}`}${left}`
}

/** The name, or, where it cannot be shown as it is, the id too: a name that was shortened leads nowhere. */
function calledBy({ name, id }: Glance): string {
  if (name === null) return id
  const shown = cut(name, NAME_CHARS)
  return shown === name ? name : `${shown} (${id})`
}

/** @param room characters that it should fit in */
function whatItDoes(session: Glance, room: number): string {
  const { command, waitsFor, state, ended, newestLine } = session
  if (command) return toldOf(command, session, room)
  if (!ended && waitsFor === 'password') return WAITING.password
  if (!ended && state === 'full-screen') return 'a full-screen program'
  if (!ended && waitsFor) return WAITING[waitsFor]
  if (!ended && state === 'prompt') return 'at its prompt'
  const said = !ended && state === 'connecting' ? 'connecting' : ''
  const left = room - said.length - 4
  const newest = newestLine !== null && left >= NEWEST_CHARS ? `"${cut(newestLine, left)}"` : ''
  return [said, newest].filter(Boolean).join(', ')
}

function toldOf(command: NonNullable<Glance['command']>, session: Glance, room: number): string {
  const { ended, waitsFor, state } = session
  const quoted = (words: string): string => {
    const chars = Math.max(COMMAND_CHARS, room - words.length - 3)
    return command.line === null ? 'a command' : `\`${cut(command.line, chars)}\``
  }
  const time = age(command.seconds)
  if (command.finished) {
    const code = command.exitCode === null ? 'ended' : `exited ${command.exitCode}`
    // How long before the session's own end it was, nobody asks.
    const words = ended ? code : `${code}, ${time} ago`
    return `${quoted(words)} ${words}`
  }
  if (ended) return `during ${quoted('during')}`
  // Keys are what a full-screen program always waits for.
  const fullScreen = state === 'full-screen' && waitsFor !== 'password'
  if (waitsFor && !fullScreen) return `${quoted(WAITING[waitsFor])} ${WAITING[waitsFor]}`
  const words = fullScreen ? `full-screen for ${time}` : `for ${time}`
  return `running ${quoted(`running ${words}`)} ${words}`
}

const WAITING = { password: 'waits for a password', input: 'waits for input' }

/** Text on one line, without what could act on a terminal or begin a line, and shortened. */
function cut(text: string, chars: number): string {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  const characters = [...plain]
  if (characters.length <= chars) return plain
  const start = characters.slice(0, chars - 1).join('')
  return `${start.trimEnd()}…`
}

/** A time as people say it: 40 s, 12 min, 2 h, 3 d. */
function age(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
