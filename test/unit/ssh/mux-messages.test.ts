import { describe, expect, it } from 'vitest'
import * as mux from '../../../src/ssh/mux-messages.js'

/** Bytes written out by hand: hexadecimal, and texts in quotes. */
const bytes = (written: string): Buffer =>
  Buffer.concat(
    (written.match(/'[^']*'|[0-9a-f]+/g) ?? []).map((part) =>
      part.startsWith("'") ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, 'hex'),
    ),
  )

describe('what is said to a master', () => {
  it.each([
    ['a greeting', mux.muxHello(), '00000008 00000001 00000004'],
    ['the request for proxy mode', mux.muxProxyRequest(), '00000008 1000000f 00000000'],
    ['the question whether it is alive', mux.muxAliveCheck(), '00000008 10000004 00000000'],
  ])('%s', (_, message, written) => {
    expect(message).toEqual(bytes(written))
  })
})

describe('muxAnswer', () => {
  it.each([
    ['a greeting', '00000001 00000004', 'hello'],
    ['a greeting with an extension', "00000001 00000004 00000004 'info' 00000001 'x'", 'hello'],
    ['a greeting of another version', '00000001 00000003', 'refused'],
    ['proxy mode', '8000000f 00000000', 'proxy'],
    ['a sign of life', '80000005 00000000 00001234', 'alive'],
    ['a refusal', "80000002 00000000 00000006 'denied'", 'refused'],
    ['a failure', "80000003 00000000 00000006 'broken'", 'refused'],
    ['an OK for something else', '80000001 00000000', 'refused'],
  ])('knows %s', (_, written, answer) => {
    expect(mux.muxAnswer(bytes(written))).toBe(answer)
  })

  it.each(['', '0000', '00000001', '00000001 0000'])('throws at %j, which is no message', (written) => {
    expect(() => mux.muxAnswer(bytes(written))).toThrow(RangeError)
  })
})

// Each behind its length, and behind a padding length of 0.
describe('what is said in a channel', () => {
  it.each([
    [
      'opening it',
      mux.openSession(7, 0x200000, 0x8000),
      "00000019 00 5a 00000007 'session' 00000007 00200000 00008000",
    ],
    ['more room', mux.windowAdjust(0x01020304, 0x10), '0000000a 00 5d 01020304 00000010'],
    ['input', mux.data(3, Buffer.from('ab')), "0000000c 00 5e 00000003 00000002 'ab'"],
    ['the end of input', mux.endOfInput(3), '00000006 00 60 00000003'],
    ['closing it', mux.closeChannel(3), '00000006 00 61 00000003'],
    ['that something is not known', mux.failure(3), '00000006 00 64 00000003'],
    [
      'a variable',
      mux.setVariable(3, 'LANG', 'C'),
      "0000001b 00 62 00000003 00000003 'env' 00 00000004 'LANG' 00000001 'C'",
    ],
    [
      'a variable beyond ASCII',
      mux.setVariable(3, 'A', 'ü'),
      "00000019 00 62 00000003 00000003 'env' 00 00000001 'A' 00000002 c3bc",
    ],
    ['the agent', mux.forwardAgent(3), "00000025 00 62 00000003 0000001a 'auth-agent-req@openssh.com' 00"],
    [
      'a terminal',
      mux.requestTerminal(3, 'xterm', 120, 40),
      "00000030 00 62 00000003 00000007 'pty-req' 00 00000005 'xterm' 00000078 00000028 00000000 00000000 00000001 00",
    ],
    ['a command', mux.execute(3, 'ls -l'), "00000018 00 62 00000003 00000004 'exec' 01 00000005 'ls -l'"],
    ['a signal', mux.sendSignal(3, 'TERM'), "00000019 00 62 00000003 00000006 'signal' 01 00000004 'TERM'"],
  ])('%s', (_, message, written) => {
    expect(message.toString('hex')).toBe(bytes(written).toString('hex'))
  })
})

describe('channelMessage', () => {
  it.each<[string, string, mux.ChannelMessage]>([
    [
      'that it is open',
      '00 5b 00000007 00000002 00200000 00008000',
      { kind: 'confirmed', channel: 7, remote: 2, window: 0x200000, packet: 0x8000 },
    ],
    [
      'that it is not',
      "00 5c 00000007 00000001 0000000b 'open failed' 00000000",
      { kind: 'refused', channel: 7, reason: 'open failed' },
    ],
    ['more room', '00 5d 00000007 80000000', { kind: 'window', channel: 7, bytes: 0x80000000 }],
    ['output', "00 5e 00000007 00000003 'abc'", { kind: 'stdout', channel: 7, bytes: Buffer.from('abc') }],
    ['no output', '00 5e 00000007 00000000', { kind: 'stdout', channel: 7, bytes: Buffer.alloc(0) }],
    [
      'output of errors',
      "00 5f 00000007 00000001 00000002 'no'",
      { kind: 'stderr', channel: 7, bytes: Buffer.from('no') },
    ],
    ['the end of output', '00 60 00000007', { kind: 'end-of-output', channel: 7 }],
    ['that it is closed', '00 61 00000007', { kind: 'closed', channel: 7 }],
    ['success', '00 63 00000007', { kind: 'success', channel: 7 }],
    ['failure', '00 64 00000007', { kind: 'failure', channel: 7 }],
    [
      'an exit code',
      "00 62 00000007 0000000b 'exit-status' 00 000000ff",
      { kind: 'exit-status', channel: 7, code: 255 },
    ],
    [
      'a signal that ended it',
      "00 62 00000007 0000000b 'exit-signal' 00 00000004 'KILL' 00 00000000 00000000",
      { kind: 'exit-signal', channel: 7, signal: 'KILL' },
    ],
    [
      'a question whether we are alive',
      "00 62 00000007 00000015 'keepalive@openssh.com' 01",
      { kind: 'request', channel: 7, wantReply: true },
    ],
    [
      'another request',
      "00 62 00000007 0000000f 'eow@openssh.com' 00",
      { kind: 'request', channel: 7, wantReply: false },
    ],
    [
      'a request for a reply that is not quite true',
      "00 62 00000007 00000001 'x' ff",
      { kind: 'request', channel: 7, wantReply: true },
    ],
  ])('reads %s', (_, written, message) => {
    expect(mux.channelMessage(bytes(written))).toEqual(message)
  })

  it.each([
    ['the opening of a channel', "00 5a 00000007 'session' 00000007 00200000 00008000"],
    ['a global request', "00 50 00000005 'x@y.z' 01"],
    ['an answer to one', '00 52'],
    ['a disconnect', '00 01 0000000b 00000000 00000000'],
    ['a type beyond those of channels', '00 65 00000007'],
  ])('has no use for %s', (_, written) => {
    expect(mux.channelMessage(bytes(written))).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['a padding length alone', '00'],
    ['a type alone', '00 61'],
    ['half a channel', '00 61 0000'],
    ['half a confirmation', '00 5b 00000007 00000002 00200000'],
    ['output without its length', '00 5e 00000007 0000'],
    ['output that is cut off', "00 5e 00000007 00000003 'ab'"],
    ['a request without its name', "00 62 00000007 00000005 'x'"],
    ['a request without its flag', "00 62 00000007 00000001 'x'"],
    ['an exit code that is cut off', "00 62 00000007 0000000b 'exit-status' 00 0000"],
  ])('throws at %s', (_, written) => {
    expect(() => mux.channelMessage(bytes(written))).toThrow(RangeError)
  })
})
