import { describe, expect, it } from 'vitest'
import { refusesShell } from '../../../src/ssh/no-shell.js'

const MARK = 'ssh-mcp-abcdefghijklmnopqrstuvwx'

const REFUSALS: [string, string][] = [
  [
    'cmd.exe',
    "'exec' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
  ],
  [
    'PowerShell 5',
    "exec : The term 'exec' is not recognized as the name of a cmdlet, function, script file, or operable program. Check\r\n" +
      'the spelling of the name, or if a path was included, verify that the path is correct and try again.\r\nAt line:1 char:1\r\n' +
      '+ exec sh -c \'eval "$(printf "echo ...\r\n    + CategoryInfo          : ObjectNotFound: (exec:String) [], CommandNotFoundException\r\n',
  ],
  [
    'PowerShell 7',
    "\x1b[31;1mexec: \x1b[31;1mThe term 'exec' is not recognized as a name of a cmdlet, function, script file, or executable program.\x1b[0m\r\n",
  ],
  ['Cisco IOS', 'Line has invalid autocommand "exec sh -c"\r\n% Invalid input detected at \'^\' marker.\r\n'],
  ['Cisco NX-OS', "                 ^\r\n% Invalid command at '^' marker.\r\n"],
  ['Cisco ASA', "          ^\r\nERROR: % Invalid input detected at '^' marker.\r\n"],
  ['Junos', 'error: unknown command: exec\r\n'],
  ['Junos, with the place', '    ^\r\nunknown command.\r\n'],
  ['Junos, with too little', 'error: syntax error, expecting <command>: exec\r\n'],
  ['Arista EOS', '% Invalid input\r\n'],
  ['Huawei VRP', "Error: Unrecognized command found at '^' position.\r\n"],
  ['HP Comware', "% Unrecognized command found at '^' position.\r\n"],
  ['FortiOS', 'Unknown action 0\r\nCommand fail. Return code -61\r\n'],
  ['PAN-OS', 'Invalid syntax.\r\n'],
  ['MikroTik', 'bad command name exec (line 1 column 1)\r\n'],
  ['MikroTik, within', 'syntax error (line 1 column 6)\r\n'],
  ['git-shell', "fatal: unrecognized command 'exec sh -c 'echo''\n"],
  ['gitolite', "FATAL: unknown git/gitolite command: 'exec sh -c'\n"],
  ['GitHub', 'Invalid command: exec sh -c\n  You appear to be using ssh to clone a git:// URL.\n'],
  ['rrsync', '/usr/bin/rrsync: SSH_ORIGINAL_COMMAND does not run rsync: not allowed\n'],
  ['lshell', '*** forbidden command: exec\n'],
  ['a shell without sh', 'sh: exec: line 1: busybox: not found\n'],
  ['nushell', 'Error: nu::parser::unknown_command\n\n  × Unknown command\n'],
  [
    'what repeats its command line',
    `> exec sh -c 'eval "$(printf "echo ${MARK.slice(0, 4)}\\042\\042${MARK.slice(4)}`,
  ],
]

describe('refusesShell', () => {
  it.each(REFUSALS)('knows the refusal of %s', (_, output) => {
    expect(refusesShell(output, MARK)).toBe(true)
  })

  it.each([
    ['a restricted bash', 'rbash: line 1: exec: restricted\n'],
    ['a restricted ksh', 'ksh: exec: sh: restricted\n'],
    ['a restricted zsh', 'zsh:exec:1: sh: restricted\n'],
    ['GitLab', '> GitLab: Disallowed command\n'],
    [
      'PowerShell in German',
      'exec : Die Benennung "exec" wurde nicht als Name eines Cmdlet, einer Funktion, einer Skriptdatei oder eines ausführbaren \r\n' +
        'Programms erkannt.\r\n    + CategoryInfo          : ObjectNotFound: (exec:String) [], CommandNotFoundException\r\n',
    ],
  ])('knows the refusal of %s', (_, output) => {
    expect(refusesShell(output, MARK)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['a line end', '\r\n'],
    ['a result', 'total 4\n-rw-r--r-- 1 me me 0 Jan  1 00:00 a\n'],
    ['a greeting', 'Welcome to the switch\r\nLast login: Mon Jan  1\r\n'],
    ['a lost connection', 'Connection reset by peer\n'],
    ['the mark cut off', MARK.slice(0, 12)],
    ['the beginning alone of what every mark has', 'ssh-mcp-\n'],
    ['a refusal in more output than any has', `${'x'.repeat(4000)}\nunknown command\n`],
    ['the text of the mark in more output than any has', `${'x'.repeat(4000)}${MARK.slice(4)}`],
  ])('does not count %s', (_, output) => {
    expect(refusesShell(output, MARK)).toBe(false)
  })

  it('looks at 4000 characters', () => {
    expect(refusesShell('unknown command'.padEnd(4000), MARK)).toBe(true)
    expect(refusesShell('unknown command'.padEnd(4001), MARK)).toBe(false)
  })
})
