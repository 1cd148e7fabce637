import { describe, expect, it } from 'vitest'
import {
  type MuxForward,
  muxCloseForward,
  muxForwardAnswer,
  muxOpenForward,
} from '../../../src/ssh/mux-forward-messages.js'

/** Bytes written out by hand: hexadecimal, and texts in quotes. */
const bytes = (written: string): Buffer =>
  Buffer.concat(
    (written.match(/'[^']*'|[0-9a-f]+/g) ?? []).map((part) =>
      part.startsWith("'") ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, 'hex'),
    ),
  )

const local: MuxForward = {
  ...{ direction: 'local', listenHost: '::1', listenPort: 8080, connectHost: 'db', connectPort: 65_535 },
}

describe('what a master is told of a forward', () => {
  it.each([
    [
      'that it is to listen here',
      muxOpenForward(1, local),
      "00000021 10000006 00000001 00000001 00000003 '::1' 00001f90 00000002 'db' 0000ffff",
    ],
    [
      'that the server is to listen',
      muxOpenForward(2, { ...local, direction: 'remote', listenHost: '*' }),
      "0000001f 10000006 00000002 00000002 00000001 '*' 00001f90 00000002 'db' 0000ffff",
    ],
    [
      'that it is to end',
      muxCloseForward(0xff, local),
      "00000021 10000007 000000ff 00000001 00000003 '::1' 00001f90 00000002 'db' 0000ffff",
    ],
  ])('%s', (_, message, written) => {
    expect(message).toEqual(bytes(written))
  })
})

describe('muxForwardAnswer', () => {
  it.each([
    ['a yes', '80000001 00000001', { kind: 'ok' }],
    ['a no', "80000003 00000001 00000006 'broken'", { kind: 'failed', reason: 'broken' }],
    ['a no of the person', "80000002 00000001 00000006 'denied'", { kind: 'denied', reason: 'denied' }],
    ['a greeting', '00000001 00000004', null],
    ['a sign of life', '80000005 00000001 00001234', null],
    ['a port, which was not asked for', '80000007 00000001 00001f90', null],
  ])('knows %s', (_, written, answer) => {
    expect(muxForwardAnswer(bytes(written))).toEqual(answer)
  })

  it.each(['', '8000', '80000001', '80000003 00000001', "80000003 00000001 00000009 'short'"])(
    'throws at %j, which is no message',
    (written) => {
      expect(() => muxForwardAnswer(bytes(written))).toThrow(RangeError)
    },
  )
})
