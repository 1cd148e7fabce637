import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { donePage, questionPage } from '../../../src/connection/question-html.js'
import { type Question, QuestionPages } from '../../../src/connection/question-page.js'

const PASSWORD: Question = {
  kind: 'secret',
  prompt: "deploy@prod-web01's password: ",
  target: 'deploy@prod-web01',
  purpose: 'The client asked for a session.',
}
const HOST_KEY: Question = {
  ...PASSWORD,
  kind: 'confirm',
  prompt: 'ED25519 key fingerprint is SHA256:abc+/=.\nAre you sure (yes/no)? ',
}
const FORM = 'application/x-www-form-urlencoded'

interface Answered {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

interface Call extends RequestOptions {
  body?: string
}

const started: QuestionPages[] = []
afterEach(() => {
  for (const pages of started.splice(0)) pages.close()
})

/** Node's own client, for fetch lets nobody set Host, Origin, Cookie or a path that is not clean. */
function call(url: string, { body, ...options }: Call = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      const { statusCode = 0, headers } = response
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: statusCode, headers, body: text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function ask(question: Question = PASSWORD, pages = new QuestionPages()) {
  started.push(pages)
  const withdraw = new AbortController()
  const onOpened = vi.fn()
  const { url, answer } = await pages.ask(question, { signal: withdraw.signal, onOpened })
  return { url, answer, onOpened, pages, withdraw, origin: new URL(url).origin }
}

/** Loads the page as a browser does. */
async function load(url: string) {
  const page = await call(url)
  const cookie = String(page.headers['set-cookie']).split(';')[0] as string
  const token = /name="token" value="([^"]+)"/.exec(page.body)?.[1] as string
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}, more: Call = {}) =>
    call(url, {
      method: 'POST',
      headers: { 'Content-Type': FORM, Cookie: cookie, Origin: new URL(url).origin, ...headers },
      body: new URLSearchParams({ token, action: 'send', ...fields }).toString(),
      ...more,
    })
  return { page, cookie, token, post }
}

const isClosed = (url: string): Promise<void> =>
  vi.waitFor(() => expect(call(url)).rejects.toThrow('ECONNREFUSED'), { timeout: 2000 })

/** A connection of its own, for requests no client would send. */
function raw(url: string, text: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
  socket.on('error', () => {})
  return { socket, closed }
}

describe('a question for a secret', () => {
  it('is asked on a page, answered once, and leaves no server behind', async () => {
    const { url, answer, onOpened } = await ask()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
    const { page, post } = await load(url)
    expect(page.status).toBe(200)
    expect(page.body).toContain('<h1 dir="ltr">deploy@prod-web01</h1>')
    expect(page.body).toContain('for="answer">deploy@prod-web01&#39;s password:</label>')
    expect(page.body).toMatch(
      /<input id="answer" name="answer" type="password" autocomplete="off"[^>]*autofocus>/,
    )
    expect(page.body).toContain('to no AI agent')
    expect(onOpened).toHaveBeenCalledTimes(1)
    const done = await post({ answer: ' pä+ss&=%"🔑 ' })
    expect(done).toMatchObject({ status: 200, body: donePage(true) })
    expect(await answer).toBe(' pä+ss&=%"🔑 ')
    await isClosed(url)
  })

  it('may be declined, whatever was typed', async () => {
    const { url, answer } = await ask()
    const { post } = await load(url)
    expect((await post({ action: 'decline', answer: 'half a pass' })).body).toBe(donePage(false))
    expect(await answer).toBeNull()
    await isClosed(url)
  })

  it.each(['', 'x'.repeat(1000), '\t\x01\u2028 '])('takes %j', async (typed) => {
    const { url, answer } = await ask()
    expect((await (await load(url)).post({ answer: typed })).status).toBe(200)
    expect(await answer).toBe(typed)
  })

  it.each(['one\ntwo', 'one\r', 'a\0b', 'ä'.repeat(501)])('asks again after %j', async (typed) => {
    const { url, answer } = await ask()
    const { post } = await load(url)
    const again = await post({ answer: typed })
    expect(again.status).toBe(422)
    expect(again.body).toContain('role="alert"')
    expect(again.body).not.toContain(typed)
    await post({ answer: 'right' })
    expect(await answer).toBe('right')
  })

  it('asks again without a button', async () => {
    const { url } = await ask()
    const { post } = await load(url)
    expect((await post({ action: 'yes', answer: 'x' })).status).toBe(422)
    expect((await post({})).status).toBe(422)
  })
})

describe('a question to confirm', () => {
  it.each(['yes', 'no'])('is answered %s', async (action) => {
    const { url, answer } = await ask(HOST_KEY)
    const { page, post } = await load(url)
    expect(page.body).toContain(
      '<pre class="prompt" dir="ltr">ED25519 key fingerprint is SHA256:abc+/=.\nAre',
    )
    expect(page.body).toContain('Yes, the fingerprint is right')
    expect(page.body).not.toContain('type="password"')
    expect((await post({ action })).status).toBe(200)
    expect(await answer).toBe(action)
    await isClosed(url)
  })

  it('takes no other answer', async () => {
    const { url } = await ask(HOST_KEY)
    const { post } = await load(url)
    for (const fields of [{ action: 'send', answer: 'yes' }, { action: 'decline' }, { action: '' }])
      expect((await post(fields)).status).toBe(422)
  })
})

describe('the link', () => {
  it('belongs to the browser that opened it first', async () => {
    const { url, onOpened } = await ask()
    const { page, cookie, token } = await load(url)
    const { pathname } = new URL(url)
    expect(page.headers['set-cookie']).toEqual([
      expect.stringMatching(/^ssh-question=[\w-]{43}; Path=\/[\w-]{43}; HttpOnly; SameSite=Strict$/),
    ])
    expect(page.headers['set-cookie']?.[0]).toContain(`Path=${pathname};`)
    expect(cookie).not.toContain(token)
    expect(await call(url)).toMatchObject({ status: 410, body: expect.not.stringContaining('deploy') })
    expect((await call(url, { headers: { Cookie: 'ssh-question=' } })).status).toBe(410)
    const reloaded = await call(url, { headers: { Cookie: `other=1; ssh-question=x; ${cookie}` } })
    expect(reloaded).toMatchObject({ status: 200, body: page.body })
    expect(reloaded.headers['set-cookie']).toBeUndefined()
    expect(onOpened).toHaveBeenCalledTimes(1)
  })

  it.each([
    { method: 'HEAD' },
    { headers: { 'Sec-Purpose': 'prefetch' } },
    { headers: { 'Sec-Purpose': 'prefetch;prerender' } },
    { headers: { Purpose: 'prefetch' } },
    { headers: { 'X-Moz': 'prefetch' } },
    {
      headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
    },
    { headers: { 'Sec-Fetch-Dest': 'iframe' } },
    { headers: { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' } },
  ])('is not used up by %j', async (options: Call) => {
    const { url, onOpened } = await ask()
    const early = await call(url, options)
    expect(early.body).not.toContain('deploy')
    expect(early.headers['set-cookie']).toBeUndefined()
    expect(onOpened).not.toHaveBeenCalled()
    expect((await call(url)).status).toBe(200)
    expect(onOpened).toHaveBeenCalled()
  })

  it('leads on by itself from another site, with the cookie that comes then', async () => {
    const { url } = await ask()
    const { cookie } = await load(url)
    const Sec = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
    const from = await call(url, { headers: { ...Sec, 'Sec-Fetch-Site': 'cross-site' } })
    expect(from).toMatchObject({
      status: 200,
      body: expect.stringContaining('http-equiv="refresh" content="0"'),
    })
    const own = { ...Sec, 'Sec-Fetch-Site': 'same-origin' }
    expect((await call(url, { headers: own })).status).toBe(410)
    expect((await call(url, { headers: { ...own, Cookie: cookie } })).body).toContain('password')
  })

  it('is 410 for all after the answer, while another question is open', async () => {
    const { url, pages } = await ask()
    const other = await ask(HOST_KEY, pages)
    const { cookie, post } = await load(url)
    await post({ answer: 'x' })
    expect((await call(url)).status).toBe(410)
    expect((await call(url, { headers: { Cookie: cookie } })).status).toBe(410)
    expect((await call(url, { method: 'HEAD' })).status).toBe(410)
    expect((await post({ answer: 'y' })).status).toBe(410)
    expect((await call(other.url)).status).toBe(200)
  })

  it.each([
    ['//TOKEN', 404],
    ['/./TOKEN', 404],
    ['/x/../TOKEN', 404],
    ['/%2e%2e/TOKEN', 404],
    ['/TOKEN/', 404],
    ['/TOKEN?', 404],
    ['/TOKEN?x=1', 404],
    ['/TOKEN#x', 404],
    ['/TOKEN%00', 404],
    ['http://127.0.0.1/TOKEN', 404],
    ['/', 404],
    ['*', 404],
    ['/favicon.ico', 404],
    ['/__proto__', 404],
    [`/${'A'.repeat(43)}`, 410],
    [`/${'A'.repeat(10_000)}`, 404],
  ])('is not found under %s', async (path, status) => {
    const { url, onOpened } = await ask()
    const token = new URL(url).pathname.slice(1)
    expect((await call(url, { path: path.replace('TOKEN', token) })).status).toBe(status)
    expect(onOpened).not.toHaveBeenCalled()
  })

  it('is not found by its encoded, lower-case or cut form', async () => {
    const { url, onOpened } = await ask()
    const token = new URL(url).pathname.slice(1)
    const encoded = [...token].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('')
    for (const path of [`/${encoded}`, `/${token.slice(0, 42)}`, `/${token}A`])
      expect((await call(url, { path })).status).toBe(404)
    const almost = `${token.slice(0, 42)}${token.endsWith('A') ? 'B' : 'A'}`
    expect((await call(url, { path: `/${almost}` })).status).toBe(410)
    expect(onOpened).not.toHaveBeenCalled()
  })

  it('has a new token each time', async () => {
    const pages = new QuestionPages()
    const asked = await Promise.all(Array.from({ length: 50 }, () => ask(PASSWORD, pages)))
    expect(new Set(asked.map(({ url }) => url)).size).toBe(50)
    expect(new Set(asked.map(({ origin }) => origin)).size).toBe(1)
  })
})

describe('what is refused', () => {
  it.each([
    'localhost:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT.',
    'evil.example:PORT',
    '[::1]:PORT',
  ])('the host %s', async (name) => {
    const { url, onOpened } = await ask()
    const Host = name.replace('PORT', new URL(url).port)
    expect((await call(url, { headers: { Host } })).status).toBe(403)
    expect(onOpened).not.toHaveBeenCalled()
    const { post } = await load(url)
    expect((await post({ answer: 'x' }, { Host })).status).toBe(403)
  })

  it('no host at all', async () => {
    const { url } = await ask()
    const { pathname } = new URL(url)
    expect(await raw(url, `GET ${pathname} HTTP/1.0\r\n\r\n`).closed).toMatch(/^HTTP\/1\.1 403/)
    expect(await raw(url, `GET ${pathname} HTTP/1.1\r\n\r\n`).closed).toMatch(/^HTTP\/1\.1 400/)
  })

  it.each([
    [403, { Origin: 'null' }],
    [403, { Origin: 'https://evil.example' }],
    [403, { Origin: 'http://127.0.0.1' }],
    [403, { Origin: 'http://127.0.0.1:1' }],
    [403, { Origin: '' }],
    [403, { 'Sec-Fetch-Site': 'cross-site' }],
    [403, { 'Sec-Fetch-Site': 'same-site' }],
    [403, { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'cors' }],
    [403, { Cookie: '' }],
    [403, { Cookie: 'ssh-question=' }],
    [403, { Cookie: 'ssh-question=null' }],
    [415, { 'Content-Type': 'text/plain' }],
    [415, { 'Content-Type': 'application/json' }],
    [415, { 'Content-Type': `${FORM}x` }],
    [415, { 'Content-Type': '' }],
  ])('with %i a post with %j', async (status, headers) => {
    const { url, answer } = await ask()
    const { post } = await load(url)
    expect((await post({ answer: 'wrong' }, headers as Record<string, string>)).status).toBe(status)
    await post({ answer: 'right' })
    expect(await answer).toBe('right')
  })

  it('nothing of what browsers really send', async () => {
    const { url, answer } = await ask()
    const { post } = await load(url)
    const headers = {
      'Sec-Fetch-Site': 'same-origin',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
      'Content-Type': `${FORM}; charset=UTF-8`,
    }
    expect((await post({ answer: 'x' }, headers)).status).toBe(200)
    expect(await answer).toBe('x')
  })

  it('a post to a page nobody has opened', async () => {
    const { url } = await ask()
    const headers = { 'Content-Type': FORM, Cookie: 'ssh-question=null' }
    expect((await call(url, { method: 'POST', headers, body: 'action=send&answer=x' })).status).toBe(403)
    expect((await call(url)).status).toBe(200)
  })

  it('a wrong, missing or foreign form token', async () => {
    const { url, pages } = await ask()
    const other = await load((await ask(PASSWORD, pages)).url)
    const { post, cookie } = await load(url)
    for (const token of ['', 'x', other.token, cookie.split('=')[1] as string])
      expect((await post({ token, answer: 'x' })).status).toBe(403)
    expect((await post({}, {}, { body: 'action=send&answer=x' })).status).toBe(403)
    expect((await post({ answer: 'x' }, { Cookie: other.cookie })).status).toBe(403)
  })

  it('a body over 8 KiB', async () => {
    const { url, answer } = await ask()
    const { post } = await load(url)
    expect((await post({ answer: 'x'.repeat(8192) })).status).toBe(413)
    const huge = await post({ answer: 'x'.repeat(20 * 1024 * 1024) }).catch((error: Error) => error)
    if (!(huge instanceof Error)) expect(huge.status).toBe(413)
    await post({ answer: 'right' })
    expect(await answer).toBe('right')
  })

  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('the method %s', async (method) => {
    const { url } = await ask()
    expect(await call(url, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } })
  })
})

describe('the end of a question', () => {
  it('comes with its signal, before and after it was opened', async () => {
    const pages = new QuestionPages()
    const [first, second, third] = [await ask(PASSWORD, pages), await ask(PASSWORD, pages), await ask()]
    const { post } = await load(second.url)
    first.withdraw.abort()
    expect(await first.answer).toBeNull()
    expect((await call(first.url)).status).toBe(410)
    expect((await load(second.url)).page.status).toBe(410)
    second.withdraw.abort()
    expect(await second.answer).toBeNull()
    await isClosed(second.url)
    await expect(post({ answer: 'late' })).rejects.toThrow('ECONNREFUSED')
    expect((await call(third.url)).status).toBe(200)
  })

  it('may come before the page is there', async () => {
    const pages = new QuestionPages()
    const signal = AbortSignal.abort()
    const { url, answer } = await pages.ask(PASSWORD, { signal, onOpened: () => {} })
    expect(await answer).toBeNull()
    await isClosed(url)
  })

  it('wins over an answer whose body is still on its way', async () => {
    const { url, pages, answer, withdraw } = await ask()
    const other = await ask(PASSWORD, pages)
    const { cookie, token } = await load(url)
    const body = `token=${token}&action=send&answer=late`
    const { host, pathname } = new URL(url)
    const head = [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, `Content-Type: ${FORM}`]
    const late = raw(
      url,
      `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    withdraw.abort()
    late.socket.write(body.slice(20))
    expect(await late.closed).toMatch(/^HTTP\/1\.1 410/)
    expect(await answer).toBeNull()
    expect((await call(other.url)).status).toBe(200)
  })

  it('comes for all with close(), after which new ones may be asked', async () => {
    const pages = new QuestionPages()
    const asked = [await ask(PASSWORD, pages), await ask(HOST_KEY, pages)]
    pages.close()
    expect(await Promise.all(asked.map(({ answer }) => answer))).toEqual([null, null])
    await isClosed((asked[0] as { url: string }).url)
    const { url, answer } = await ask(PASSWORD, pages)
    await (await load(url)).post({ answer: 'x' })
    expect(await answer).toBe('x')
  })

  it('takes idle connections along', async () => {
    const { url, pages } = await ask()
    const idle = [raw(url, ''), raw(url, 'GET / HTTP/1.1\r\n')]
    await call(url)
    pages.close()
    await Promise.all(idle.map(({ closed }) => closed))
  })

  it('forgets the listener on the signal', async () => {
    const { url, answer, withdraw } = await ask()
    const removed = vi.spyOn(withdraw.signal, 'removeEventListener')
    await (await load(url)).post({ answer: 'x' })
    await answer
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function))
  })
})

describe('the server', () => {
  it('keeps questions at the same time apart', async () => {
    const pages = new QuestionPages()
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(PASSWORD, pages)))
    const loaded = await Promise.all(asked.map(({ url }) => load(url)))
    await Promise.all(loaded.map(({ post }, index) => post({ answer: `answer ${index}` })))
    const answers = await Promise.all(asked.map(({ answer }) => answer))
    expect(answers).toEqual(asked.map((_, index) => `answer ${index}`))
    await isClosed((asked[0] as { url: string }).url)
  })

  it('takes one of two answers sent at once', async () => {
    const { url, pages, answer } = await ask()
    await ask(PASSWORD, pages)
    const { post } = await load(url)
    const both = await Promise.all([post({ answer: 'a' }), post({ answer: 'b' })])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410])
    expect(['a', 'b'][both.findIndex(({ status }) => status === 200)]).toBe(await answer)
  })

  it('listens on one loopback address only', async () => {
    const { url } = await ask()
    // Elsewhere than on Linux, the rest of 127/8 is not there, and connecting hangs.
    const others = process.platform === 'linux' ? ['::1', '127.0.0.2'] : ['::1']
    for (const host of others) await expect(call(url, { hostname: host })).rejects.toThrow(/ECONN|EADDR|ENET/)
  })

  it('gives up slow clients, and answers others meanwhile', async () => {
    const { url, answer } = await ask(PASSWORD, new QuestionPages({ headersMs: 200, requestMs: 400 }))
    const { cookie, post } = await load(url)
    const { host, pathname } = new URL(url)
    const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n`
    const slow = [
      raw(url, ''),
      raw(url, head),
      raw(url, `${head}Cookie: ${cookie}\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ntoken=`),
    ]
    expect((await call(url, { headers: { Cookie: cookie } })).status).toBe(200)
    const [silent, , half] = await Promise.all(slow.map(({ closed }) => closed))
    expect(silent).not.toContain('200 OK')
    expect(half).not.toContain('200 OK')
    await post({ answer: 'right' })
    expect(await answer).toBe('right')
  })

  it('takes at most 64 connections, and each for one request', async () => {
    const { url } = await ask()
    const idle = Array.from({ length: 70 }, () => raw(url, ''))
    let closed = 0
    for (const one of idle) void one.closed.then(() => closed++)
    await vi.waitFor(() => expect(closed).toBe(6))
    for (const { socket } of idle) socket.destroy()
    await vi.waitFor(async () => expect((await call(url)).headers.connection).toBe('close'))
    const { host } = new URL(url)
    const twice = await raw(url, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(2)).closed
    expect(twice.match(/HTTP\/1\.1 404/g)).toHaveLength(1)
  })

  it('sends the headers that keep a page to itself', async () => {
    const { url } = await ask()
    for (const { headers } of [await call(url), await call(url), await call(url, { path: '/x' })]) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      )
    }
  })

  it('allows the one style that the page has', async () => {
    const { body, headers } = await call((await ask()).url)
    const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] as string
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers['content-security-policy']).toContain(`'sha256-${hash}'`)
    expect(body).not.toMatch(/<script|<link|<img| style=| on\w+=/)
  })

  it('outlives a fault of the one who asks', async () => {
    const pages = new QuestionPages()
    started.push(pages)
    const faults: unknown[] = []
    const caught = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').once('uncaughtException', (error) => faults.push(error))
    const onOpened = (): void => {
      throw new Error('fault')
    }
    const { url } = await pages.ask(PASSWORD, { signal: new AbortController().signal, onOpened })
    expect((await call(url)).status).toBe(200)
    for (const listener of caught) process.on('uncaughtException', listener)
    expect(faults).toHaveLength(1)
  })
})

describe('what others wrote', () => {
  const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)></label></pre></title>&amp;`

  it.each(['secret', 'confirm'] as const)('stays text on the page of a %s', (kind) => {
    const html = questionPage({ kind, prompt: HOSTILE, target: HOSTILE, purpose: HOSTILE }, 't')
    expect(html).not.toMatch(/<script|<img/)
    const escaped = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'
    expect(html.split(escaped)).toHaveLength(4)
    expect(html).toContain('&amp;amp;')
  })

  const shown = (prompt: string): string =>
    /for="answer">([\s\S]*?)<\/label>/.exec(questionPage({ ...PASSWORD, prompt }, 't'))?.[1] as string

  it.each([
    ['a\u202Eb', 'a&lt;U+202E&gt;b'],
    ['a\u2066b\u2069', 'a&lt;U+2066&gt;b&lt;U+2069&gt;'],
    ['a\u200Bb\uFEFFc\u00ADd', 'a&lt;U+200B&gt;b&lt;U+FEFF&gt;c&lt;U+00AD&gt;d'],
    ['a\x1b[31m\x07b', 'a&lt;U+001B&gt;[31m&lt;U+0007&gt;b'],
    ['a\rb\tc\u0085d\u2028e', 'a&lt;U+000D&gt;b&lt;U+0009&gt;c&lt;U+0085&gt;d&lt;U+2028&gt;e'],
    ['a\u00A0b\u3000c\u2800d\u3164e', 'a&lt;U+00A0&gt;b&lt;U+3000&gt;c&lt;U+2800&gt;d&lt;U+3164&gt;e'],
    ['a\u{E0041}b\uD800c', 'a&lt;U+E0041&gt;b&lt;U+D800&gt;c'],
    ['Пароль: 密码 é 🔑', 'Пароль: 密码 é 🔑'],
    ['\none\r\n  two\n\n', 'one\n  two'],
  ])('shows %j so that all of it is seen', (prompt, expected) => {
    expect(shown(prompt)).toBe(expected)
  })

  it('has its line ends shown where there is one line only', () => {
    expect(questionPage({ ...PASSWORD, target: 'a\nb' }, 't')).toContain('>a&lt;U+000A&gt;b</h1>')
  })

  it('is cut where it is too long, between characters', () => {
    expect(shown('🔑'.repeat(4000))).toBe('🔑'.repeat(4000))
    expect(shown('🔑'.repeat(4001))).toBe(`${'🔑'.repeat(4000)} [… cut here]`)
    expect(shown(`a${'🔑'.repeat(100_000)}`)).toBe(`a${'🔑'.repeat(3999)} [… cut here]`)
    expect(questionPage({ ...PASSWORD, target: 'x'.repeat(301) }, 't')).toContain(
      `>${'x'.repeat(300)} [… cut`,
    )
  })
})
