import { expect, it } from 'vitest'
import { programName } from '../../../src/shell/program-name.js'

it.each([
  ['vim notes.txt', 'vim'],
  ['  /usr/bin/htop', 'htop'],
  ['sudo -E EDITOR=vi vim /etc/hosts', 'vim'],
  ['LESS=R less -S log', 'less'],
  ['env TERM=xterm command top\n', 'top'],
  ['g++-12', 'g++-12'],
  ['', null],
  ['sudo', null],
  ['"my program"', null],
  ['$EDITOR x', null],
  [`${'x'.repeat(40)}`, null],
])('knows the program of %j', (line, name) => {
  expect(programName(line)).toBe(name)
})
