import { describe, expect, it } from 'vitest'
import { atLeast, parseSshVersion, type SshVersion } from '../../../src/ssh/version.js'

describe('parseSshVersion', () => {
  it.each<[string, SshVersion]>([
    ['OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024\n', [9, 6]],
    ['OpenSSH_8.9p1', [8, 9]],
    ['OpenSSH_10.0p2, LibreSSL 3.3.6', [10, 0]],
    ['OpenSSH_for_Windows_9.5p1', [9, 5]],
    ['Dropbear v2022.83', [0, 0]],
    ['', [0, 0]],
  ])('%j', (banner, version) => {
    expect(parseSshVersion(banner)).toEqual(version)
  })
})

describe('atLeast', () => {
  it.each<[SshVersion, number, number, boolean]>([
    [[8, 7], 8, 7, true],
    [[8, 6], 8, 7, false],
    [[9, 0], 8, 7, true],
    [[7, 9], 8, 7, false],
    [[10, 0], 9, 5, true],
    [[0, 0], 8, 7, false],
  ])('%j is at least %d.%d: %s', (version, major, minor, expected) => {
    expect(atLeast(version, major, minor)).toBe(expected)
  })
})
