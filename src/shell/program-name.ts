/** Words before a command's own program: assignments, and programs that run another (with options that take no value). */
const IN_FRONT = /^(?:[A-Za-z_]\w*=\S*|sudo|doas|env|command|exec|nohup|time|nice|-\S*)$/

/** The program that a command line begins with, as people call it; null where it is none that can be told by a word. */
export function programName(line: string): string | null {
  const word = line
    .trim()
    .split(/\s+/)
    .find((candidate) => !IN_FRONT.test(candidate))
  const name = word?.replace(/^.*\//, '') ?? ''
  return /^[\w.+-]{1,30}$/.test(name) ? name : null
}
