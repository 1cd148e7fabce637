/** A systemd unit's settings: `Section.Key` and the values it is given, in their order. */
export type UnitFile = Readonly<Record<string, readonly string[]>>

/** Reads what this project uses of systemd.syntax(7): sections, assignments and comments, no continued lines. @throws Error */
export function parseUnit(text: string): UnitFile {
  const found: Record<string, string[]> = {}
  let section = ''
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, header] = /^\[([A-Za-z]+)\]$/.exec(line) ?? []
    const [, key, value] = /^([A-Za-z]+)=(\S.*)$/.exec(line) ?? []
    if (header) section = header
    else if (key && value && section && !line.endsWith('\\')) {
      found[`${section}.${key}`] ??= []
      found[`${section}.${key}`]?.push(value.trimEnd())
    } else throw new Error(`not a line of a unit: ${line}`)
  }
  return found
}
