import { FLAG_REFUSALS, KEYWORD_REFUSALS } from './option-refusals.js'
import { optionRule, type SshOption } from './option-table.js'
import { denied, refusalOf, shown } from './refusal.js'

/** Nobody needs more; what checks and messages cost stays bounded. */
const MAX_ELEMENTS = 64
const MAX_CHARS = 4096

/** Flags without a value, as the options they stand for. */
const SWITCHES: ReadonlyMap<string, SshOption> = new Map([
  ['4', ['AddressFamily', 'inet']],
  ['6', ['AddressFamily', 'inet6']],
  ['C', ['Compression', 'yes']],
  ['q', ['LogLevel', 'QUIET']],
  ['x', ['ForwardX11', 'no']],
  ['a', ['ForwardAgent', 'no']],
  ['k', ['GSSAPIDelegateCredentials', 'no']],
])
const VERBOSE: ReadonlyMap<string, SshOption> = new Map([
  ['-v', ['LogLevel', 'DEBUG']],
  ['-vv', ['LogLevel', 'DEBUG2']],
  ['-vvv', ['LogLevel', 'DEBUG3']],
])
/** Flags that take a value, as the keyword it belongs to. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['p', 'Port'],
  ['l', 'User'],
  ['J', 'ProxyJump'],
  ['c', 'Ciphers'],
  ['m', 'MACs'],
  ['b', 'BindAddress'],
  ['B', 'BindInterface'],
])

/**
 * Reads what a caller would write on ssh's command line, as ssh would, into options that are known to be
 * harmless, none of them in the caller's own words; as in ssh the first of a repeated option counts.
 * @throws policy_denied for anything else
 */
export function parseExtraArgs(args: readonly string[]): SshOption[] {
  checkSize('extra_ssh_args', args)
  const options = new Map<string, string>()
  for (let at = 0; at < args.length; ) {
    const { read, taken } = readElement(args[at] ?? '', args[at + 1])
    for (const [keyword, value] of read) if (!options.has(keyword)) options.set(keyword, value)
    at += taken
  }
  return [...options]
}

/** Bounds a list of arguments. @throws policy_denied */
export function checkSize(parameter: string, args: readonly string[]): void {
  if (args.length > MAX_ELEMENTS) throw denied(parameter, `it has more than ${MAX_ELEMENTS} elements`)
  const long = args.find((arg) => arg.length > MAX_CHARS)
  if (long !== undefined)
    throw denied(`${parameter}: ${shown(long)}`, `it is longer than ${MAX_CHARS} characters`)
}

interface Read {
  read: SshOption[]
  /** How many elements of the list it took. */
  taken: number
}

function readElement(arg: string, next: string | undefined): Read {
  const switches = readSwitches(arg)
  if (switches) return { read: switches, taken: 1 }
  const letter = /^-([A-Za-z0-9])/.exec(arg)?.[1]
  if (letter === undefined) throw notAnOption(arg)
  const keyword = KEYWORDS.get(letter)
  if (letter !== 'o' && keyword === undefined) throw refusedFlags(arg)
  const joined = arg.length > 2
  const value = joined ? arg.slice(2) : next
  if (value === undefined) throw denied(named(arg), 'it must be followed by its value')
  if (!/^[\t -~]*$/.test(value)) throw denied(named(value), 'it holds characters that cannot be shown')
  const option = keyword === undefined ? readLine(value) : checkedOption(keyword, value)
  return { read: [option], taken: joined ? 1 : 2 }
}

/** Flags without a value, joined or not; undefined where there is any other letter among them. */
function readSwitches(arg: string): SshOption[] | undefined {
  const verbose = VERBOSE.get(arg)
  if (verbose) return [verbose]
  if (!/^-[46Cqxak]+$/.test(arg)) return undefined
  return [...arg.slice(1)].map((letter) => SWITCHES.get(letter)).filter((option) => option !== undefined)
}

/** Reads `Keyword=value` or `Keyword value`, each part in quotes or not. */
function readLine(line: string): SshOption {
  const match = /^[\t ]*("?)([A-Za-z0-9]+)\1(?:[\t ]*=|[\t ])(.*)$/.exec(line)
  if (!match) throw denied(named(line), 'it has not the form Keyword=value')
  const [, , keyword = '', value = ''] = match
  return checkedOption(keyword, value)
}

function checkedOption(keyword: string, text: string): SshOption {
  const rule = optionRule(keyword)
  if (!rule) throw refusalOf(KEYWORD_REFUSALS, keyword.toLowerCase(), named(keyword))
  const value = rule.read(unquoted(text.trim()))
  if (value !== null) return [rule.name, value]
  const what = `${named(`${rule.name}=${text}`)}${rule.allowed && ` (allowed: ${rule.allowed})`}`
  throw refusalOf(KEYWORD_REFUSALS, rule.name.toLowerCase(), what)
}

/** The value without the quotes around it, which ssh takes away. */
const unquoted = (value: string): string => /^(["'])([^"']*)\1$/.exec(value)?.[2] ?? value

function refusedFlags(arg: string): Error {
  const letter = [...arg.slice(1)].find((one) => one !== 'v' && !SWITCHES.has(one)) ?? 'v'
  return refusalOf(FLAG_REFUSALS, letter, named(`-${letter}`))
}

function notAnOption(arg: string): Error {
  if (arg.startsWith('--')) return denied(named(arg), 'ssh has no long options, and none may end its options')
  return denied(named(arg), 'only options may be given', 'the parameters target and command')
}

const named = (text: string): string => `extra_ssh_args: ${shown(text)}`
