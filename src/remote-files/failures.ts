import { invalid, ToolError } from '../common/errors.js'

/** A script's complaint: what is wrong, in a word, and what the remote said of it. */
export interface Complaint {
  what: string
  words: string
}

/** Where it happened. */
interface Place {
  path: string
  target: string
}

type Sentence = (path: string, words: string, target: string) => string

const SENTENCES: Readonly<Record<string, Sentence>> = {
  missing: (path, words, target) =>
    /no such file/i.test(words) || words === ''
      ? `There is no ${path} on ${target}. Look for it with ssh_view of a directory above, or ssh_glob.`
      : `${path} cannot be reached on ${target}: ${words}.`,
  dangling: (path, words) => `${path} is a symbolic link that leads nowhere: ${words}.`,
  directory: (path) => `${path} is a directory. ssh_view lists it; ssh_glob and ssh_grep look through it.`,
  'no-directory': (path) => `${path} is no directory. Give the directory to look through.`,
  special: (path) =>
    `${path} is no regular file but a device, a pipe or a socket, which might never end; it was not opened.`,
  denied: (path) => `Permission denied: ${path}. If you may use sudo there, ssh_exec can reach it.`,
  parent: (path) =>
    `The directory of ${path} does not exist; nothing was written. Make it first, with ssh_exec and mkdir -p.`,
  exists: (path) =>
    `${path} exists already; nothing was changed. Use ssh_edit to change it, or choose another path.`,
  write: (path, words) => `${path} could not be written, and nothing was changed: ${words}.`,
  cut: (path) =>
    `Not all of the new content arrived on the remote, so nothing of ${path} was changed. Try again.`,
  changed: (path) =>
    `${path} was changed by somebody else meanwhile, so it was left as it is now. Look at it again, then repeat the edit.`,
  owner: (path, words) =>
    `${path} belongs to another user (uid ${words}), who would not stay its owner; nothing was changed. ` +
    'Connect as that user or as root, or write it in place with ssh_exec.',
  kept: (path) =>
    `Mode, owner, group or access list of ${path} could not be kept, so nothing was changed. Connect as its owner or as ` +
    'root, or write it in place with ssh_exec.',
  links: (path, words) =>
    `${path} has ${words} names (hard links), which an edit would part from each other; nothing was changed. ` +
    'To change it under all of them write it in place, with ssh_exec and its stdin: cat > file.',
  large: (path, words) =>
    `${path} is too large for ssh_edit (${words}); nothing was changed. Use ssh_exec, with sed for instance.`,
  'read-only': (path) =>
    `${path} is not writable for you, by its mode, a flag or a read-only file system; nothing was changed.`,
  tools: (_path, words, target) =>
    `${target} has no program '${words}', which this needs. Use ssh_exec instead.`,
  input: (_path, _words, target) =>
    `${target} did not pass on what was sent, so nothing was done. A start file of its shell may read the input.`,
}

/** The error of a complaint, in one or two sentences. */
export function fileError({ what, words }: Complaint, { path, target }: Place): ToolError {
  const said = lastWords(words)
  if (what === 'pattern')
    return invalid(`pattern is no extended regular expression: ${words.trim().slice(0, 300)}.`)
  const denied = /permission denied$/i.test(said) && (what === 'missing' || what === 'dangling')
  const sentence = SENTENCES[denied ? 'denied' : what]
  const text = sentence?.(JSON.stringify(path), said, target) ?? `${target}: ${what} ${said}`
  return new ToolError('remote_file_error', text)
}

/** `cat: write error: No space left on device` without who said it of what. */
const lastWords = (words: string): string => words.trim().split(': ').at(-1)?.slice(-300) ?? ''
