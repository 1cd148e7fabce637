import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { expect, it } from 'vitest'
import { describeSessions, eventually, type Facts, type TestClient } from '../support/harness.js'
import { RawClient } from '../support/raw-client.js'

const LIST = 'ssh-mcp://sessions'
const uriOf = (id: string, view: string) => `${LIST}/${encodeURIComponent(id)}/${view}`

/** The text of a resource that has one. */
async function textOf({ mcp }: TestClient, uri: string): Promise<string> {
  const { contents } = await mcp.readResource({ uri })
  expect(contents).toEqual([{ uri, mimeType: 'text/plain', text: expect.any(String) }])
  return (contents[0] as { text: string }).text
}

/** The URIs that a client was told of, in order; and how often that the list has changed. */
function listen({ mcp }: TestClient): { updated: string[]; lists: number } {
  const heard = { updated: [] as string[], lists: 0 }
  mcp.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    heard.updated.push(params.uri)
  })
  mcp.setNotificationHandler(ResourceListChangedNotificationSchema, () => {
    heard.lists++
  })
  return heard
}

const refusal = (code: number, message: RegExp | string) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

describeSessions('resources', (bench) => {
  const open = (session_name: string, more: Facts = {}, client = bench.client): Promise<Facts> =>
    client.ensure({ ...bench.sshd.connection, session_name, ...more })
  const print = (id: string, command: string, end: string) =>
    bench.client.write(id, `${command}\n`, {
      ...{ wait_for: 'pattern', pattern: end, wait_seconds: 30, max_output_chars: 1 },
    })

  it('are the list of sessions, and each one with its transcript and its screen, by name or id', async () => {
    const { session_id } = await open('first one')
    await print(session_id, 'echo h"ello"', '^hello$')
    const { resources } = await bench.client.mcp.listResources()
    expect(resources[0]).toMatchObject({ uri: LIST, name: 'sessions', mimeType: 'text/plain' })
    const own = resources.filter(({ uri }) => uri.includes(session_id))
    expect(own.map(({ uri }) => uri)).toEqual([uriOf(session_id, 'transcript'), uriOf(session_id, 'screen')])
    for (const { name, title, description, annotations } of own) {
      expect([name, title, description].join(' ')).toContain('first one')
      expect(annotations).toMatchObject({ audience: ['user', 'assistant'], lastModified: expect.any(String) })
    }
    expect(await textOf(bench.client, LIST)).toMatch(/^first one on .*: `echo h"ello"` exited 0/m)
    for (const id of [session_id, 'first one']) {
      expect(await textOf(bench.client, uriOf(id, 'transcript'))).toMatch(/^remote\$ echo h"ello"\nhello\n/)
      expect(await textOf(bench.client, uriOf(id, 'screen'))).toMatch(
        /^remote\$ echo h"ello"\nhello\nremote\$/,
      )
    }
  })

  it('have templates', async () => {
    const { resourceTemplates } = await bench.client.mcp.listResourceTemplates()
    expect(resourceTemplates).toMatchObject([
      {
        uriTemplate: 'ssh-mcp://sessions/{id}/transcript',
        mimeType: 'text/plain',
        title: expect.any(String),
      },
      {
        uriTemplate: 'ssh-mcp://sessions/{id}/screen',
        mimeType: 'text/plain',
        description: expect.any(String),
      },
    ])
  })

  it('leave what is unread unread, and what is new on the screen new', async () => {
    const { session_id } = await open('unread')
    await bench.client.read(session_id, { wait_seconds: 0 })
    await bench.client.write(session_id, 'echo s"een"\n', { wait_for: 'prompt', max_output_chars: 1 })
    await textOf(bench.client, uriOf('unread', 'transcript'))
    await textOf(bench.client, uriOf('unread', 'screen'))
    const waited = await bench.client.read(session_id, {
      format: 'screen',
      wait_for: 'output',
      wait_seconds: 5,
    })
    expect(waited.wait_ended_by).toBe('output')
    expect((await bench.client.read(session_id, { wait_seconds: 0 })).output).toContain('\nseen\n')
  })

  it('are the newest part of a long transcript, which say what is left out and how to read it', async () => {
    const { session_id, transcript_path } = await open('long')
    await print(session_id, 'seq 1000000 1300000; echo D"ONE"', '^DONE$')
    const text = await textOf(bench.client, uriOf('long', 'transcript'))
    expect(text.length).toBeLessThanOrEqual(40_000)
    expect(text.length).toBeGreaterThan(39_900)
    const [note, ...lines] = text.split('\n')
    for (const part of ['ssh_read_session', session_id, 'offset', transcript_path])
      expect(note).toContain(part)
    expect(lines.slice(0, -1)).toEqual([
      ...Array.from({ length: lines.length - 2 }, (_, i) => String(1_300_000 - (lines.length - 3) + i)),
      'DONE',
    ])
  })

  it('are the end of a line that is too long, too, and not only what stands behind it', async () => {
    const { session_id } = await open('wide')
    await print(session_id, 'printf \'%0100000d\\n\' 7; echo D"ONE"', '^DONE$')
    const [, ...lines] = (await textOf(bench.client, uriOf('wide', 'transcript'))).split('\n')
    expect(lines[0]).toMatch(/^0{39000,}7$/)
    expect(lines.slice(1)).toEqual(['DONE', expect.stringMatching(/^remote\$ ?$/)])
    const tail = { tail_lines: 3, max_output_chars: 1000, wait_seconds: 0 }
    const read = await bench.client.read(session_id, tail)
    expect(read).toMatchObject({
      truncated: true,
      output: expect.stringMatching(/^0{900,}7\nDONE\nremote\$ ?$/),
    })
    expect(read.output.length).toBeLessThanOrEqual(1000)
  })

  it('say that the beginning is missing, too, where all of the transcript was looked through', async () => {
    const { session_id } = await open('medium')
    await print(session_id, 'seq 100000 109999; echo D"ONE"', '^DONE$')
    expect(await textOf(bench.client, uriOf('medium', 'transcript'))).toMatch(/^\[Only the newest part/)
    const tail = await bench.client.read(session_id, {
      tail_lines: 100_000,
      max_output_chars: 100,
      wait_seconds: 0,
    })
    expect(tail).toMatchObject({ truncated: true })
    const all = await bench.client.read(session_id, {
      tail_lines: 100_000,
      max_output_chars: 900_000,
      wait_seconds: 0,
    })
    expect(all).toMatchObject({ truncated: false })
  })

  it('say of a session that has ended that it has, and tell who subscribed', async () => {
    const { session_id } = await open('over')
    const client = await bench.place.client()
    const heard = listen(client)
    const uris = [uriOf(session_id, 'transcript'), uriOf(session_id, 'screen')]
    for (const uri of uris) await client.mcp.subscribeResource({ uri })
    await bench.client.call('ssh_stop_session', { session_id, force: true })
    // Its last words are a prompt, as if it waited there.
    for (const uri of uris) {
      await eventually('it is told', () => heard.updated.includes(uri))
      expect(await textOf(client, uri)).toMatch(/^remote\$ ?\n\[The session has ended: killed\]\n$/)
    }
  })

  it('are not found under other URIs', async () => {
    await open('known')
    const others = [
      'ssh-mcp://sessions/none/screen',
      uriOf('known', 'other'),
      `${LIST}/%ff/screen`,
      `${LIST}/`,
      'file:///etc',
    ]
    for (const uri of others) {
      const missing = expect.objectContaining({ code: -32002, data: { uri } })
      await expect(bench.client.mcp.readResource({ uri })).rejects.toEqual(missing)
      await expect(bench.client.mcp.subscribeResource({ uri })).rejects.toEqual(missing)
    }
  })

  it('tell who subscribed that there is more, and nobody else', async () => {
    const { session_id } = await open('told')
    const { session_id: other } = await open('quiet')
    const client = await bench.place.client()
    const heard = listen(client)
    const uris = [uriOf(session_id, 'transcript'), uriOf('told', 'screen')]
    for (const uri of uris) await client.mcp.subscribeResource({ uri })
    await client.mcp.subscribeResource({ uri: uris[0] as string })
    await print(other, 'echo o"ther"', '^other$')
    expect(heard.updated).toEqual([])
    await print(session_id, 'echo m"ore"', '^more$')
    await eventually('both are told', () => uris.every((uri) => heard.updated.includes(uri)))
    expect(await textOf(client, uris[0] as string)).toContain('\nmore\n')
    await client.mcp.unsubscribeResource({ uri: uris[0] as string })
    await client.mcp.unsubscribeResource({ uri: 'ssh-mcp://sessions/none/screen' })
    heard.updated = []
    await print(session_id, 'echo l"ast"', '^last$')
    await eventually('the other is told', () => heard.updated.length > 0)
    expect(new Set(heard.updated)).toEqual(new Set([uris[1]]))
  })

  it('tell of a flood seldom, and always of its end', async () => {
    const { session_id } = await open('flood')
    const client = await bench.place.client()
    const heard = listen(client)
    const uri = uriOf('flood', 'transcript')
    await client.mcp.subscribeResource({ uri })
    const began = performance.now()
    await print(session_id, 'seq 200000; echo D"ONE"', '^DONE$')
    let told = 0
    // Whoever reads after each notice gets to the end.
    await eventually('the end was told', async () => {
      const news = heard.updated.length > told
      told = heard.updated.length
      return news && /\nDONE\nremote\$ ?$/.test(await textOf(client, uri))
    })
    expect(told).toBeLessThan(2 + (performance.now() - began) / 1000)
  })

  it('tell of a screen that has another size', async () => {
    const { session_id } = await open('sized')
    const heard = listen(bench.client)
    const uri = uriOf(session_id, 'screen')
    await bench.client.mcp.subscribeResource({ uri })
    await open('sized', { cols: 61, rows: 7 })
    await eventually('the screen is told', () => heard.updated.includes(uri))
    await bench.client.mcp.unsubscribeResource({ uri })
  })

  it('tell of the list what is told there: who came, what runs, and what has ended', async () => {
    const client = await bench.place.client()
    const heard = listen(client)
    await client.mcp.subscribeResource({ uri: LIST })
    const news = async (what: string, seen: RegExp) => {
      await eventually(
        what,
        async () => heard.updated.splice(0).length > 0 && seen.test(await textOf(client, LIST)),
      )
    }
    await open('listed')
    await news('it came', /^listed on .*, up \d+ s/m)
    await bench.client.write('listed', 'sleep 60\n', { wait_seconds: 0 })
    await news('it runs', /^listed on .*: running `sleep 60`/m)
    await bench.client.write('listed', '', { keys: ['C-c'], wait_for: 'prompt' })
    await news('it was ended', /^listed on .*: `sleep 60` exited 130/m)
    await bench.client.call('ssh_stop_session', { session_id: 'listed' })
    await news('it has ended', /^listed on .*, exited/m)
  })

  it('follow a name to the session that has it now', async () => {
    const first = await open('heir')
    const client = await bench.place.client()
    const heard = listen(client)
    const uri = uriOf('heir', 'transcript')
    await client.mcp.subscribeResource({ uri })
    await bench.client.call('ssh_stop_session', { session_id: 'heir' })
    const second = await open('heir')
    expect(second.session_id).not.toBe(first.session_id)
    await print(second.session_id, 'echo n"ew"', '^new$')
    await eventually('the new one is told', async () =>
      heard.updated.splice(0).length > 0 ? /^new$/m.test(await textOf(client, uri)) : false,
    )
  })

  it('follow a name that two sessions had, once it means one again', async () => {
    const { session_id } = await open('shared')
    const client = await bench.place.client()
    const heard = listen(client)
    await client.mcp.subscribeResource({ uri: uriOf('shared', 'transcript') })
    const target = `${bench.sshd.connection.target.split('@')[0]}@localhost`
    const other = await open('shared', { target, strict_host_key_checking: 'accept-new' })
    await eventually('it is told of the other', () => heard.updated.splice(0).length > 0)
    await bench.client.call('ssh_stop_session', { session_id: other.session_id })
    await eventually('it is told that there is one', () => heard.updated.splice(0).length > 0)
    await print(session_id, 'echo n"ews"', '^news$')
    await eventually('it is told of its news', async () =>
      heard.updated.splice(0).length > 0
        ? /^news$/m.test(await textOf(client, uriOf('shared', 'transcript')))
        : false,
    )
  })

  it('tell that there are others, to a client that is there', async () => {
    const raw = new RawClient(bench.place.env)
    await raw.request(1, 'ping')
    const heard = listen(bench.client)
    await open('newcomer')
    await eventually('the list has changed', () => heard.lists > 0)
    expect(await raw.request(2, 'ping')).toMatchObject({ result: {} })
    expect(raw.messages.filter(({ method }) => method)).toEqual([])
    const { resources } = await bench.client.mcp.listResources()
    expect(resources[1]?.title).toContain('newcomer')
    raw.child.kill()
  })

  it('are subscribed to as often as anybody needs, and no more', async () => {
    const { session_id } = await open('often')
    const raw = new RawClient(bench.place.env)
    // A URI has many spellings.
    const spelt = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`
    const uri = (i: number): string => {
      const letters = [...(session_id as string)].map((letter, at) =>
        (i >> at) & 1 ? spelt(letter) : letter,
      )
      return `${LIST}/${letters.join('')}/screen`
    }
    for (let i = 0; i < 256; i++)
      raw.send(
        `${JSON.stringify({ jsonrpc: '2.0', id: i, method: 'resources/subscribe', params: { uri: uri(i) } })}\n`,
      )
    expect(await raw.answer(255)).toMatchObject({ result: {} })
    expect(await raw.request(300, 'resources/subscribe', { uri: uri(300) })).toMatchObject({
      error: { code: -32600 },
    })
    await raw.request(301, 'resources/unsubscribe', { uri: uri(0) })
    expect(await raw.request(302, 'resources/subscribe', { uri: uri(300) })).toMatchObject({ result: {} })
    raw.child.stdin.end()
    expect(await raw.exit).toBe(0)
  })

  it('of hosts that a policy forbids are not there', async () => {
    const { session_id } = await open('secret')
    const client = await bench.place.client({ SSH_MCP_ALLOWED_HOSTS: '*.example.com' })
    const heard = listen(client)
    await client.mcp.subscribeResource({ uri: LIST })
    expect((await client.mcp.listResources()).resources.map(({ uri }) => uri)).toEqual([LIST])
    expect(await textOf(client, LIST)).toBe('')
    for (const id of [session_id, 'secret', 'none']) {
      const uri = uriOf(id, 'transcript')
      const missing = refusal(-32002, /^MCP error -32002: Resource not found$/)
      await expect(client.mcp.readResource({ uri })).rejects.toEqual(missing)
      await expect(client.mcp.subscribeResource({ uri })).rejects.toEqual(missing)
    }
    const ref = { type: 'ref/resource', uri: 'ssh-mcp://sessions/{id}/screen' } as const
    const { completion } = await client.mcp.complete({ ref, argument: { name: 'id', value: '' } })
    expect(completion.values).toEqual([])
    const { messages } = await client.mcp.getPrompt({ name: 'resume' })
    expect(messages).toMatchObject([{ content: { text: expect.stringMatching(/^No SSH session is open/) } }])
    await open('secret too')
    await print(session_id, 'echo m"ore"', '^more$')
    expect(await client.mcp.ping()).toEqual({})
    expect(heard).toEqual({ updated: [], lists: 0 })
  })

  it('need a name that means one session', async () => {
    const target = `${bench.sshd.connection.target.split('@')[0]}@localhost`
    await open('twice')
    await open('twice', { target, strict_host_key_checking: 'accept-new' })
    const uri = uriOf('twice', 'screen')
    await expect(bench.client.mcp.readResource({ uri })).rejects.toEqual(refusal(-32602, 'Several targets'))
  })
})

describeSessions('many resources', (bench) => {
  const uris = (resources: { uri: string }[]) => resources.map(({ uri }) => uri)

  it('are listed in pages, whatever comes and goes meanwhile', async () => {
    const { session_id, transcript_path } = await bench.client.ensure({ ...bench.sshd.connection })
    await bench.client.call('ssh_stop_session', { session_id })
    await bench.client.close()
    bench.place.run('shutdown')
    const directory = dirname(transcript_path)
    const record = JSON.parse(readFileSync(join(directory, 'session.json'), 'utf8'))
    for (let i = 10; i < 70; i++) {
      const copy = join(dirname(directory), `copy000000${i}`)
      const session = { ...record, session_id: `copy000000${i}`, session_name: `name ${i}` }
      cpSync(directory, copy, { recursive: true })
      writeFileSync(join(copy, 'session.json'), JSON.stringify(session))
    }
    const client = await bench.place.client()
    const first = await client.mcp.listResources()
    expect(first.resources).toHaveLength(100)
    await client.ensure({ ...bench.sshd.connection, session_name: 'new' })
    const second = await client.mcp.listResources({ cursor: first.nextCursor })
    expect(second.nextCursor).toBeUndefined()
    const all = uris([...first.resources, ...second.resources])
    expect(new Set(all).size).toBe(1 + 2 * 61)
    expect(all).toHaveLength(1 + 2 * 61)
    const again = await client.mcp.listResources()
    expect(uris(again.resources)[1]).not.toBe(all[1])

    const ref = { type: 'ref/resource', uri: 'ssh-mcp://sessions/{id}/screen' } as const
    const { completion } = await client.mcp.complete({ ref, argument: { name: 'id', value: 'NAME 1' } })
    expect(completion).toMatchObject({ total: 10, hasMore: false })
    expect(completion.values.sort()).toEqual(Array.from({ length: 10 }, (_, i) => `name 1${i}`))
    const { values } = (await client.mcp.complete({ ref, argument: { name: 'id', value: '' } })).completion
    expect(values[0]).toBe('new')
    expect(values).toContain(session_id)
  })

  it.each(['x', '', 'YWZ0ZXI', Buffer.from('before:1').toString('base64url')])(
    'have no page %j',
    async (cursor) => {
      const { mcp } = await bench.place.client()
      const lists = [
        mcp.listResources({ cursor }),
        mcp.listResourceTemplates({ cursor }),
        mcp.listPrompts({ cursor }),
        mcp.listTools({ cursor }),
      ]
      for (const list of await Promise.allSettled<unknown>(lists))
        expect(list).toMatchObject({ status: 'rejected', reason: refusal(-32602, 'cursor') })
    },
  )

  it('of what an earlier daemon left are not read whole for their newest part', async () => {
    const before = await bench.place.client()
    const { session_id } = await before.ensure({ ...bench.sshd.connection, session_name: 'left' })
    await before.write(session_id, 'seq 1000000 4000000; echo D"ONE"\n', {
      ...{ wait_for: 'pattern', pattern: '^DONE$', wait_seconds: 50, max_output_chars: 1 },
    })
    await before.call('ssh_stop_session', { session_id })
    await before.close()
    bench.place.run('shutdown')
    const after = await bench.place.client()
    const { pid } = JSON.parse(bench.place.run('status', '--json'))
    const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
    const atFirst = peak()
    const text = await textOf(after, uriOf('left', 'transcript'))
    expect(text).toMatch(/^\[Only the newest part[^\n]*\n\d{7}\n(?:\d{7}\n)+DONE\n/)
    expect(peak() - atFirst).toBeLessThan(50)
    const tail = await after.read(session_id, { tail_lines: 2, wait_seconds: 0 })
    expect(tail).toMatchObject({
      output: expect.stringMatching(/^DONE\nremote\$ ?$/),
      pending_output_chars: 0,
    })
  })
})
