import { describe, expect, it } from 'vitest'
import { isInteractive, looksLikeShell } from '../../../src/shell/evidence-shells.js'

describe('a shell', () => {
  it.each([
    ['bash', '/usr/bin/bash'],
    ['rbash', null],
    ['sh', '/bin/busybox'],
    ['ash', null],
    ['sh', '/usr/bin/dash'],
    ['-zsh', null],
    ['ksh93', null],
    ['mksh', '/bin/mksh-static'],
    ['tcsh', '/bin/tcsh'],
    ['fish', null],
    ['deploy.sh', '/bin/bash'],
    ['zsh', '/bin/zsh-5.9'],
  ])('is %s (%s)', (comm, exe) => {
    expect(looksLikeShell(comm, exe, [])).toBe(true)
  })

  it.each([
    ['less', '/bin/busybox', ['less']],
    ['busybox', '/bin/busybox', ['busybox', 'vi']],
    ['ssh', '/usr/bin/ssh', []],
    ['bashful', null, []],
    ['python3', '/usr/bin/python3.11', []],
  ])('is not %s (%s)', (comm, exe, args) => {
    expect(looksLikeShell(comm, exe, args)).toBe(false)
  })

  it('is busybox when it is called as one', () => {
    expect(looksLikeShell('busybox', '/bin/busybox', ['/bin/busybox', 'sh', '-l'])).toBe(true)
  })
})

describe('an interactive shell', () => {
  it.each([
    '-bash',
    'bash',
    'bash -i',
    'bash -l',
    'bash --login',
    'bash -il',
    'bash --rcfile f -i',
    'bash --rcfile /dev/fd/9',
    'bash -o vi',
    'bash -O globstar +o history',
    'bash -s',
    'bash -s one two',
    'bash -',
    'bash --',
    'zsh -f',
    'zsh -o vi -l',
    'fish -il -C true',
    'fish --init-command true',
    'dash -i',
    'sh -l',
    'busybox ash -l',
    '/bin/busybox sh',
    '-csh',
    'tcsh  ',
    'tcsh -f',
  ])('is: %s', (line) => {
    expect(isInteractive(line.split(' '), true)).toBe(true)
    expect(isInteractive(line.split(' '), null)).toBe(true)
  })

  it.each([
    'bash script.sh',
    'bash -x script.sh',
    'bash -i script.sh',
    'bash -c true',
    'bash -lc true',
    'bash -ic true',
    'bash -o pipefail -c true',
    'bash --rcfile f script',
    'bash -- script',
    'sh -c read',
    'zsh -fc true',
    'fish -c true',
    'fish --command=true',
    'fish script',
    'busybox sh -c true',
    'busybox ash script',
    'tcsh -c true',
  ])('is not: %s', (line) => {
    expect(isInteractive(line.split(' '), true)).toBe(false)
  })

  it('is none without the terminal, unless it was told to be', () => {
    expect(isInteractive(['bash'], false)).toBe(false)
    expect(isInteractive(['bash', '-s'], false)).toBe(false)
    expect(isInteractive(['bash', '-i'], false)).toBe(true)
    expect(isInteractive([], null)).toBe(true)
  })
})
