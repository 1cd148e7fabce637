import { endianness } from 'node:os'
import { describe, expect, it } from 'vitest'
import { inheritedSocket, tcpListener, unixListener } from '../../../src/platform/inherited-socket.js'

const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 23325804 /run/user/1000/a name with  blanks.sock
0000000000000000: 00000003 00000000 00000000 0001 03 23325805 /run/connected.sock
0000000000000000: 00000002 00000000 00010000 0005 01 23325806 /run/packets.sock
0000000000000000: 00000002 00000000 00010000 0001 01 23325807 @abstract
0000000000000000: 00000002 00000000 00010000 0001 01 23325808
0000000000000000: 00000002 00000000 00010000 0001 01    77 /run/short.sock
`

describe('the table of Unix sockets', () => {
  it.each([
    ['23325804', '/run/user/1000/a name with  blanks.sock'],
    ['77', '/run/short.sock'],
    ['23325805', null],
    ['23325806', null],
    ['23325807', null],
    ['23325808', null],
    ['2332580', null],
    ['00010000', null],
  ])('tells where %s listens: %s', (inode, path) => {
    expect(unixListener(UNIX, inode)).toBe(path)
  })
})

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000023ea11b2 100 0 0 10 0
   1: 0100007F:1F41 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000000023ea11b2 20 0 0 10 -1
   2: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0000000023ea11b2 100 0 0 10 0
   3: B80D0120000000000000000010000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4714 1 0000000023ea11b2 100 0 0 10 0
   4: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4715 1 0000000023ea11b2 100 0 0 10 0
`

describe('the table of TCP sockets', () => {
  // What is recorded here was printed by a machine of this order.
  it.runIf(endianness() === 'LE').each([
    ['4711', '127.0.0.1'],
    ['4713', '::1'],
    ['4714', '2001:db8::10'],
    ['4715', '::'],
    ['4712', null],
    ['471', null],
    ['inode', null],
  ])('tells where %s listens: %s', (inode, address) => {
    expect(tcpListener(TCP, inode)).toBe(address)
  })
})

describe('a socket that was passed on', () => {
  const pid = String(process.pid)

  it.each([
    ['nothing was', {}],
    ['another process was meant', { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x' }],
    ['nobody is named', { LISTEN_FDS: '1' }],
    ['there are none', { LISTEN_PID: pid, LISTEN_FDS: '0' }],
  ])('is none where %s, and no child hears of it', (_, variables) => {
    const env = { HOME: '/home/a', LISTEN_PIDFDID: '7', ...variables }
    expect(inheritedSocket(env, 'unix')).toBeNull()
    expect(env).toEqual({ HOME: '/home/a' })
  })

  it('is one: of several it says their names', () => {
    const env = { LISTEN_PID: pid, LISTEN_FDS: '2', LISTEN_FDNAMES: 'mcp:http' }
    expect(() => inheritedSocket(env, 'tcp')).toThrow(/passed 2 sockets \(mcp:http\)/)
    expect(env).toEqual({})
  })

  it.each([
    ['unix', 'Unix stream socket'],
    ['tcp', 'TCP socket'],
  ] as const)('listens, and is of the family %s', (wanted, words) => {
    // Descriptor 3 of this process is whatever its runtime has opened.
    expect(() => inheritedSocket({ LISTEN_PID: pid, LISTEN_FDS: '1' }, wanted)).toThrow(words)
  })
})
