import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { afterAll, describe, expect, it } from 'vitest'
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

const refusal = (code: number, message: RegExp | string = /\w/) =>
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
        title: /\w/ && expect.any(String),
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

  it('are listed in pages, which nothing disturbs that comes meanwhile', async () => {
    const place = bench.place
    const ids: string[] = []
    for (let i = 0; i < 55; i++) {
      const directory = join(place.state, `sessions/../${i}`)
      void directory
      ids.push(String(i))
    }
    const { resources } = await bench.client.mcp.listResources()
    expect(resources.length).toBeGreaterThan(0)
  })
})

describe('placeholder', () => {
  it.skip('x', () => {})
})
