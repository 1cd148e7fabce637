import { expect, it } from 'vitest'
import { blamedFiles } from '../../../src/transfer/completeness.js'

const raw = (text: string): string => Buffer.from(text).toString('latin1')
const written = ['/d/a', '/d/ab', raw('/d/ü\n'), '/d/\xff', '/d/back\\slash'].map((path) => path)
const blamed = (said: string, cut = false): string[] => [...blamedFiles(said, cut, written)]

it.each([
  ['scp: write local "/d/a": No space left on device', ['/d/a']],
  ['scp: write remote "/d/ü\\012": Failure', [raw('/d/ü\n')]],
  ['scp: write remote "/d/\\303\\274\n": Failure', [raw('/d/ü\n')]],
  ['scp: write remote "/d/\\377": Failure', ['/d/\xff']],
  ['scp: write remote "/d/back\\\\slash": Failure', ['/d/back\\slash']],
  ['scp: open "/x": Permission denied', []],
  ['', []],
])('of %j blames what is named', (said, names) => {
  expect(blamed(said)).toEqual(names)
})

it('blames everything where a failure names nothing known, or not all was heard', () => {
  expect(blamed('scp: write remote "/other": Failure')).toEqual(written)
  expect(blamed('scp: write remote "/d/a": Failure\nscp: write failed\n')).toEqual(written)
  expect(blamed('scp: open "/x": Permission denied', true)).toEqual(written)
})
