/** One instruction of a Dockerfile. */
export interface Instruction {
  name: string
  /** The stage it belongs to, counted from 0; -1 before the first FROM. */
  stage: number
  /** Options in front (`--from=build`), without their dashes. */
  options: Record<string, string>
  /** What follows, continued lines joined by blanks. */
  text: string
  /** The exec form (a JSON array of strings); null for any other. */
  exec: string[] | null
}

/** What is used here; anything else is taken for a mistake. */
const KNOWN = /^(?:ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|USER|VOLUME|WORKDIR)$/

/** Reads a Dockerfile without heredocs. @throws Error */
export function parseDockerfile(text: string): Instruction[] {
  const found: Instruction[] = []
  for (const line of joined(text)) {
    const [, name = '', rest = ''] = /^(\S+)\s+(.+)$/.exec(line) ?? []
    if (!KNOWN.test(name)) throw new Error(`not an instruction that is known here: ${line}`)
    if (rest.includes('<<')) throw new Error(`a heredoc: ${line}`)
    const stage = (found.at(-1)?.stage ?? -1) + (name === 'FROM' ? 1 : 0)
    if (stage < 0 && name !== 'ARG') throw new Error(`before the first FROM: ${line}`)
    found.push({ name, stage, ...partsOf(rest) })
  }
  return found
}

/** Logical lines: comments go, also between continued lines, and a line that ends in a backslash goes on. */
function joined(text: string): string[] {
  const lines: string[] = []
  let open = ''
  for (const line of text.split('\n')) {
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const goesOn = line.endsWith('\\')
    open += `${open && ' '}${(goesOn ? line.slice(0, -1) : line).trim()}`
    if (goesOn) continue
    lines.push(open)
    open = ''
  }
  if (open) throw new Error(`ends in the middle: ${open}`)
  return lines
}

function partsOf(rest: string): Pick<Instruction, 'options' | 'text' | 'exec'> {
  const options: Record<string, string> = {}
  let text = rest
  for (let option = OPTION.exec(text); option; option = OPTION.exec(text)) {
    options[option[1] as string] = option[2] as string
    text = text.slice(option[0].length)
  }
  // HEALTHCHECK has an instruction of its own in it.
  const array = text.replace(/^CMD\s+/, '')
  return { options, text, exec: array.startsWith('[') ? execForm(array) : null }
}

const OPTION = /^--([a-z-]+)=(\S+)\s+/

/** Docker takes what is no JSON for a shell's line, without a word. @throws Error */
function execForm(text: string): string[] {
  const value: unknown = JSON.parse(text)
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new Error(`no exec form: ${text}`)
  return value
}

/** `NAME=value` pairs of ENV and LABEL; a value may stand in double quotes. @throws Error */
export function pairsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.]+)=(?:"([^"\\$]*)"|([^\s"\\$]+))(?:\s+|$)/g)]
  if (pairs.map(([whole]) => whole).join('') !== text) throw new Error(`not pairs: ${text}`)
  return Object.fromEntries(pairs.map(([, name, quoted, bare]) => [name, quoted ?? bare]))
}

/**
 * Whether a path of the context is left out: the last line that fits it, or a directory above it, counts.
 * @throws Error for a pattern with more in it than is used here: `*` for everything, and plain paths
 */
export function isIgnored(dockerignore: string, path: string): boolean {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  let ignored = false
  for (const line of lines) {
    const pattern = line.replace(/^!/, '')
    if (pattern !== '*' && !/^[\w.-]+(?:\/[\w.-]+)*$/.test(pattern))
      throw new Error(`not a pattern known here: ${line}`)
    if (pattern === '*' || `${path}/`.startsWith(`${pattern}/`)) ignored = line === pattern
  }
  return ignored
}
