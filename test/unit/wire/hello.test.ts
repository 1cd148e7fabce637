import { describe, expect, it } from 'vitest'
import { encodeLine, type Hello, PROTOCOL, parseWelcome, type Welcome } from '../../../src/wire/hello.js'
import { parseHello } from '../../../src/wire/hello-schema.js'

const HELLO: Hello = {
  hello: 'ssh-mcp',
  protocol: PROTOCOL,
  version: '0.1.0',
  purpose: 'mcp',
  cwd: '/home/me/a\nb',
  env: { HOME: '/home/me', LANG: 'C' },
}

const QUESTION = { ticket: 't', prompt: "me@h's password:\n", hint: '', parent: 7 }
const ASKING: Hello = { ...HELLO, purpose: 'askpass', question: QUESTION }

const STATUS = { pid: 1, version: '0.1.0', socket: '/s', sessions: 0, clients: 1 }

describe('parseHello', () => {
  it.each<[string, Hello]>([
    ['for MCP', HELLO],
    ['for a command', { ...HELLO, purpose: 'control', command: 'status' }],
    ['for a question of ssh', ASKING],
    [
      'for a question of ssh that says nothing',
      { ...ASKING, question: { ...QUESTION, prompt: '', ticket: '' } },
    ],
    ['of a later protocol', { ...HELLO, protocol: 99 }],
    ['with an empty environment', { ...HELLO, env: {} }],
  ])('reads what a client writes, on one line: %s', (_, hello) => {
    const line = encodeLine(hello)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseHello(line.trim())).toEqual(hello)
  })

  it('looks over fields that a later version has added', () => {
    expect(parseHello(JSON.stringify({ ...HELLO, terminal: 'xterm' }))).toEqual(HELLO)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'GET / HTTP/1.1'],
    ['half a line', JSON.stringify(HELLO).slice(0, 40)],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[]'],
    ['an MCP request', '{"jsonrpc":"2.0","id":1,"method":"initialize"}'],
    ['another program', JSON.stringify({ ...HELLO, hello: 'other' })],
    ['an unknown purpose', JSON.stringify({ ...HELLO, purpose: 'steal' })],
    ['an unknown command', JSON.stringify({ ...HELLO, command: 'exec' })],
    [
      'a question without its ticket',
      JSON.stringify({ ...ASKING, question: { ...QUESTION, ticket: undefined } }),
    ],
    [
      'a question without its prompt',
      JSON.stringify({ ...ASKING, question: { ...QUESTION, prompt: undefined } }),
    ],
    ['a question without its hint', JSON.stringify({ ...ASKING, question: { ...QUESTION, hint: null } })],
    ['a question of nobody', JSON.stringify({ ...ASKING, question: { ...QUESTION, parent: undefined } })],
    ['a question of half a process', JSON.stringify({ ...ASKING, question: { ...QUESTION, parent: 1.5 } })],
    ['a question that is a word', JSON.stringify({ ...ASKING, question: 'password' })],
    ['no environment', JSON.stringify({ ...HELLO, env: undefined })],
    ['an environment with a number', JSON.stringify({ ...HELLO, env: { A: 1 } })],
    ['a protocol that is a word', JSON.stringify({ ...HELLO, protocol: '1' })],
  ])('refuses %s', (_, line) => {
    expect(parseHello(line)).toBeNull()
  })
})

describe('parseWelcome', () => {
  it.each<[string, Welcome]>([
    ['a welcome', { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: STATUS }],
    [
      'an answer',
      { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: STATUS, helper: { answer: 'a "b"\n' } },
    ],
    [
      'a question for the terminal',
      { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: STATUS, helper: { terminal: true } },
    ],
    [
      'no answer',
      { hello: 'ssh-mcp', ok: true, protocol: PROTOCOL, status: STATUS, helper: { refused: true } },
    ],
    [
      'a refusal of one that is ending',
      { hello: 'ssh-mcp', ok: false, protocol: PROTOCOL, error: 'no', ending: true },
    ],
    ['a refusal', { hello: 'ssh-mcp', ok: false, protocol: PROTOCOL, error: 'no' }],
  ])('reads %s', (_, welcome) => {
    expect(parseWelcome(encodeLine(welcome))).toEqual(welcome)
  })

  it.each(['', 'null', '{}', '[]', 'no JSON', '{"hello":"ssh-mcp"}', '{"hello":"x","ok":true}'])(
    'refuses %j',
    (line) => {
      expect(parseWelcome(line)).toBeNull()
    },
  )
})
