const SHELLS = /^-?(r?bash|zsh|fish|dash|sh|ash|ksh|ksh93|mksh|pdksh|lksh|tcsh|csh)(-static|\d.*)?$/

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether a process is a shell, by its name or by its program. Which of its tools busybox is, only `args` tell. */
export function looksLikeShell(comm: string, exe: string | null, args: readonly string[]): boolean {
  if (SHELLS.test(comm) || (exe !== null && SHELLS.test(baseName(exe)))) return true
  return comm === 'busybox' && SHELLS.test(baseName(args[1] ?? ''))
}

/** Options with a value of its own word: of fish, and of the others. */
const FISH_VALUE = /[CdofD]$/
const VALUE = /[oO]$/
const LONG_VALUE = /^--(rcfile|init-file|init-command|debug-output|debug|features|profile|emulate)$/

/**
 * Whether a shell's command line makes it an interactive one: no script, no -c, and input from the terminal.
 * @param args its words, none if they are not known @param onTerminal whether it reads the terminal, null if unknown
 */
export function isInteractive(args: readonly string[], onTerminal: boolean | null): boolean {
  // tcsh wipes its words out.
  const [program = '', ...words] = args.filter((word) => word !== '')
  if (baseName(program) === 'busybox') words.shift()
  const value = /fish$/.test(program) ? FISH_VALUE : VALUE
  let forced = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (!/^[-+]./.test(word) || word === '--') {
      const operands = /^--?$/.test(word) ? words.length - at - 1 : words.length - at
      return operands === 0 && (forced || onTerminal !== false)
    }
    if (/^--command\b/.test(word) || /^-[^-]*c/.test(word)) return false
    // With -s what follows are parameters, and input is read all the same.
    if (/^-[^-]*s/.test(word)) return forced || onTerminal !== false
    if (/^-[^-]*i/.test(word) || /^--interactive$/.test(word)) forced = true
    if (word.startsWith('--') ? LONG_VALUE.test(word) : value.test(word)) at++
  }
  return forced || onTerminal !== false
}
