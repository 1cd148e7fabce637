import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parseRsyncVersion, remoteFailure, rsyncAdvice } from '../../../src/ssh/rsync-words.js'

describe('the version of an rsync', () => {
  it.each<[string, [boolean, boolean, boolean]]>([
    ['rsync  version 3.5.0  protocol version 32', [true, true, true]],
    ['rsync  version v3.2.7  protocol version 31', [true, true, true]],
    ['rsync  version 3.2.5pre1  protocol version 31', [true, true, true]],
    ['rsync  version 3.2.3  protocol version 31', [true, true, false]],
    ['rsync  version 3.10.0  protocol version 33', [true, true, true]],
    ['rsync  version 3.1  protocol version 31', [true, true, false]],
    ['rsync  version 3.0.9  protocol version 30', [true, false, false]],
    ['rsync  version 2.6.9  protocol version 29', [false, false, false]],
    ['rsync  version 10.0.0  protocol version 40', [true, true, true]],
  ])('%s', (text, [secluded, progress, checksSender]) => {
    expect(parseRsyncVersion(`${text}\nCopyright`)).toMatchObject({ secluded, progress, checksSender })
  })

  it.each(['openrsync: protocol version 29, rsync version 2.6.9 compatible', '', 'sh: not found'])(
    'is not that of %j',
    (text) => {
      expect(parseRsyncVersion(text)).toBe(null)
    },
  )

  it.skipIf(spawnSync('rsync', ['--version']).status !== 0)('is read from the real one', () => {
    const { stdout } = spawnSync('rsync', ['--version'], { encoding: 'utf8' })
    expect(parseRsyncVersion(stdout)?.secluded).toBe(true)
  })
})

describe('how an rsync ended', () => {
  const CLOSED = 'rsync: connection unexpectedly closed (0 bytes received so far) [sender]'

  it.each<[number, string, string | null]>([
    [127, 'bash: rsync: command not found', 'not installed'],
    [126, 'rsync: Permission denied', 'not installed'],
    [12, CLOSED, 'not installed'],
    [2, 'protocol version mismatch -- is your shell clean?', 'start files'],
    [12, 'connection unexpectedly closed (512 bytes received so far)', null],
    [23, 'some files', null],
    [0, '', null],
  ])('%i %j', (code, stderr, says) => {
    const said = remoteFailure(code, stderr, 'box')
    if (says === null) expect(said).toBe(null)
    else expect(said).toContain(says)
  })

  it('is explained, unless it is well', () => {
    expect(rsyncAdvice(0, '')).toBe(null)
    expect(rsyncAdvice(11, 'rsync: [Receiver] mkdir "/a" failed: No such file or directory (2)')).toContain(
      'mkpath',
    )
    for (const code of [11, 20, 23, 24, 25, 30, null]) expect(rsyncAdvice(code, '')).toMatch(/^[A-Zr].+\.$/)
  })
})
