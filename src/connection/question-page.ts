import type { IncomingMessage } from 'node:http'
import { answerOf, isForm, readBody } from './question-form.js'
import { againPage, donePage, questionPage } from './question-html.js'
import { gone, html, type Reply, text } from './question-reply.js'
import {
  ADDRESS,
  cookieFor,
  hasCookie,
  hostOf,
  isNavigation,
  isOwnPost,
  isPrefetch,
} from './question-request.js'
import { isSame, keyOf, randomSecret } from './question-secret.js'
import { type Listening, listen, type PageTimeouts, stop } from './question-server.js'

/** A question of ssh that only a person may answer. */
export interface Question {
  kind: 'secret' | 'confirm'
  /** What ssh asked, verbatim; parts of it may come from the server. */
  prompt: string
  /** For whom the answer is, such as `deploy@prod-web01`. */
  target: string
  /** One sentence: which client's call asks. */
  purpose: string
}

export interface AskOptions {
  /** Withdraws the question. */
  signal: AbortSignal
  /** Called once, when the page is loaded for the first time. */
  onOpened: () => void
}

export interface Asked {
  /** Good for one browser, until the question is answered or withdrawn. */
  url: string
  /** What was typed, `yes` or `no` to a confirm question, null where it was declined or withdrawn. */
  answer: Promise<string | null>
}

interface OpenQuestion {
  question: Question
  onOpened: () => void
  settle: (answer: string | null) => void
  formToken: string
  /** The cookie of the browser that opened the page; null before. */
  browser: string | null
}

const TIMEOUTS: PageTimeouts = { headersMs: 5000, requestMs: 10_000 }

/** Pages on loopback through which a person answers ssh in a browser, out of sight of the agent. */
export class QuestionPages {
  readonly #timeouts: PageTimeouts
  /** By the hash of the link's token, so that looking one up tells nothing about the others by its time. */
  readonly #open = new Map<string, OpenQuestion>()
  #listening: Promise<Listening> | null = null

  constructor(timeouts: PageTimeouts = TIMEOUTS) {
    this.#timeouts = timeouts
  }

  /**
   * Opens a page for a question; the server runs only while there is one.
   * @throws the system's error if no port can be had
   */
  async ask(question: Question, { signal, onOpened }: AskOptions): Promise<Asked> {
    const token = randomSecret()
    const key = keyOf(token)
    const answer = new Promise<string | null>((resolve) => {
      const withdraw = (): void => this.#settle(key, null)
      const settle = (given: string | null): void => {
        signal.removeEventListener('abort', withdraw)
        resolve(given)
      }
      this.#open.set(key, { question, onOpened, settle, formToken: randomSecret(), browser: null })
      signal.addEventListener('abort', withdraw)
    })
    this.#listening ??= listen(this.#timeouts, (request) => this.#reply(request))
    const listening = this.#listening
    if (signal.aborted) this.#settle(key, null)
    try {
      const { port } = await listening
      return { url: `http://${ADDRESS}:${port}/${token}`, answer }
    } catch (error) {
      this.#settle(key, null)
      throw error
    }
  }

  /** Withdraws every question. */
  close(): void {
    for (const key of [...this.#open.keys()]) this.#settle(key, null)
  }

  #settle(key: string, answer: string | null): void {
    const open = this.#open.get(key)
    if (!open) return
    this.#open.delete(key)
    open.settle(answer)
    if (this.#open.size > 0) return
    this.#listening?.then(stop, () => {})
    this.#listening = null
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    // A name that was made to resolve to loopback would make another site's page one of our origin.
    if (request.headers.host !== hostOf(request)) return text(403, 'Wrong host.')
    const token = /^\/([\w-]{43})$/.exec(request.url ?? '')?.[1]
    if (token === undefined) return text(404, 'There is nothing here.')
    if (!isNavigation(request)) return text(403, 'This page can only be opened in a browser window.')
    if (request.method === 'POST') return this.#receive(request, keyOf(token))
    if (request.method === 'GET' || request.method === 'HEAD') return this.#show(request, token)
    return { ...text(405, 'Only GET and POST.'), headers: { Allow: 'GET, HEAD, POST' } }
  }

  #show(request: IncomingMessage, token: string): Reply {
    // What a browser loads ahead of its person must not use up the link.
    if (isPrefetch(request)) return text(503, 'Not ahead of time.')
    // A browser keeps a strict cookie back on the way from another site, and when such a page is reloaded.
    if (request.headers['sec-fetch-site'] === 'cross-site') return html(200, againPage())
    const open = this.#open.get(keyOf(token))
    if (!open || (open.browser !== null && !hasCookie(request, open.browser))) return gone()
    const page = html(200, questionPage(open.question, open.formToken))
    if (request.method === 'HEAD' || open.browser !== null) return page
    open.browser = randomSecret()
    queueMicrotask(open.onOpened) // its faults are not the page's
    return { ...page, headers: { ...page.headers, 'Set-Cookie': cookieFor(token, open.browser) } }
  }

  async #receive(request: IncomingMessage, key: string): Promise<Reply> {
    const open = this.#open.get(key)
    if (!open) return gone()
    if (!isOwnPost(request) || !hasCookie(request, open.browser))
      return text(403, 'Not from the page itself.')
    if (!isForm(request)) return text(415, 'Only a form is taken.')
    const body = await readBody(request)
    if (body === null) return text(413, 'Too long.')
    // It may have been answered or withdrawn while the body came.
    if (!this.#open.has(key)) return gone()
    const form = new URLSearchParams(body)
    if (!isSame(form.get('token') ?? '', open.formToken)) return text(403, 'Not from the page itself.')
    const given = answerOf(open.question.kind, form)
    if ('problem' in given) return html(422, questionPage(open.question, open.formToken, given.problem))
    this.#settle(key, given.answer)
    return html(200, donePage(given.answer !== null))
  }
}
