import { describe, expect, it } from 'vitest'
import { asksInWords, isShellPrompt } from '../../../src/shell/prompt-text.js'

describe('isShellPrompt', () => {
  it.each([
    'root@web01:~# ',
    'me@host:/var/log$ ',
    '[me@host ~]$ ',
    '(venv) me@host:~$ ',
    'bash-5.2# ',
    'sh-5.1$ ',
    '/ # ',
    '~ $ ',
    '$ ',
    '# ',
  ])('a prompt of a known form, without an editor: %j', (line) => {
    expect(isShellPrompt(line, false)).toBe(true)
    expect(isShellPrompt(line, true)).toBe(true)
  })

  it.each(['remote$ ', '❯ ', 'me@host ~> '])('with a line editor only: %j', (line) => {
    expect(isShellPrompt(line, false)).toBe(false)
    expect(isShellPrompt(line, true)).toBe(true)
  })

  it.each([
    '>>> ',
    '... ',
    'mysql> ',
    'sqlite> ',
    'db=# ',
    'db=> ',
    'db-# ',
    'In [1]: ',
    '(gdb) ',
    'irb(main):001:0> ',
    'Router>',
    'Router#',
    'switch(config)# ',
    '[admin@MikroTik] > ',
    'Password: ',
    'Continue? [y/N] ',
    'Progress: 10%',
    '> ',
    '',
  ])('something else: %j', (line) => {
    expect(isShellPrompt(line, false)).toBe(false)
  })

  it.each(['>>> ', 'mysql> ', 'db=# ', 'In [1]: ', '(gdb) ', '> ', '10% '])(
    'something else, with a line editor too: %j',
    (line) => {
      expect(isShellPrompt(line, true)).toBe(false)
    },
  )
})

describe('asksInWords', () => {
  it.each([
    'Password: ',
    "me@host's password: ",
    '[sudo] password for me: ',
    'Enter passphrase for key x:',
    'Verification code: ',
    'Do you want to continue? [Y/n] ',
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
    'Press any key to continue',
  ])('%j', (line) => expect(asksInWords(line)).toBe(true))

  it.each(['Downloading: ', 'password changed', '10%', 'make[1]: ', '$ ', 'see [1]'])('not %j', (line) =>
    expect(asksInWords(line)).toBe(false),
  )
})
