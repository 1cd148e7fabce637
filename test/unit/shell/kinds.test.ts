import { expect, it } from 'vitest'
import { shellKindOf } from '../../../src/shell/kinds.js'

it.each([
  ['bash', null, 'bash'],
  ['-bash', null, 'bash'],
  ['rbash', null, 'bash'],
  ['-zsh', null, 'zsh'],
  ['zsh5', null, 'zsh'],
  ['fish', null, 'fish'],
  ['sh', null, 'dash'],
  ['-sh', null, 'dash'],
  ['ksh93', null, 'ksh'],
  ['mksh', null, 'ksh'],
  ['ash', null, 'ash'],
  ['busybox', null, 'ash'],
  ['sh', '/usr/bin/bash', 'bash'],
  ['sh', '/bin/busybox', 'ash'],
  ['-ash', '/bin/busybox', 'ash'],
  ['vi', '/bin/busybox', null],
  ['busybox', '/bin/busybox.static', 'ash'],
  ['-sh', '/usr/bin/dash', 'dash'],
  ['x', '/nix/store/abc-bash-5.2/bin/bash', 'bash'],
  ['zsh', '/usr/bin/zsh-5.9', 'zsh'],
  ['bash', '/usr/bin/bash (deleted)', 'bash'],
  ['ksh', '/usr/bin/ksh93u+m', 'ksh'],
  ['bash', '/usr/bin/python3', null],
  ['tcsh', null, null],
  ['python3', null, null],
  ['sshd', null, null],
  ['', '', null],
] as const)('%j at %j is %j', (comm, exe, kind) => {
  expect(shellKindOf(comm, exe)).toBe(kind)
})
