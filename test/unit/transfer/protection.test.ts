import { describe, expect, it } from 'vitest'
import { protectionOf } from '../../../src/transfer/protection.js'

describe.skipIf(process.platform === 'darwin')('filters that protect', () => {
  it('name each place from the top, and what it lies in as a directory', () => {
    expect(protectionOf(['.ssh', '.config/systemd/x'])).toEqual({
      first: [
        '--exclude=/.ssh',
        '--filter=P /.ssh',
        '--exclude=/.config/systemd/x',
        '--filter=P /.config/systemd/x',
      ],
      last: [
        '--include=/.config/',
        '--exclude=/.config',
        '--include=/.config/systemd/',
        '--exclude=/.config/systemd',
      ],
    })
  })

  it('begin with what the paths of the transfer begin with', () => {
    expect(protectionOf(['.ssh'], '/home/me').first[0]).toBe('--exclude=/home/me/.ssh')
    expect(protectionOf(['.ssh'], '/home/me').last).toContain('--exclude=/home')
  })

  it.each([
    ['a b', 'a b'],
    ['a[1]*?', 'a\\[1\\]\\*\\?'],
    ['a\\b', 'a\\b'],
    ['a\\b*', 'a\\\\b\\*'],
    ['caf\xe9', 'caf?'],
    ['caf\xc3\xa9', 'café'],
    ['\xc3\xa9\xff*', '???\\*'],
  ])('fit %j by %j', (place, pattern) => {
    expect(protectionOf([place]).first[0]).toBe(`--exclude=/${pattern}`)
  })

  it('are none where nothing is protected', () => {
    expect(protectionOf([])).toEqual({ first: [], last: [] })
  })
})
