import { setTimeout as pause } from 'node:timers/promises'
import type { Look } from '../connection/look.js'
import type { Query } from '../terminal/queries.js'
import { type Place, replyTo } from '../terminal/replies.js'
import type { Size } from '../terminal/sizes.js'
import { AnswerBudget, LookPace } from './answer-limits.js'
import { answerVerdict } from './answer-rules.js'
import type { Integration } from './integration.js'
import { LeftAnswers } from './left-answers.js'
import type { Recorder } from './recorder.js'

/** What answering takes of a session. */
export interface AnswersHost {
  readonly recorder: Recorder
  readonly integration: Integration
  size(): Size
  /** Where the cursor stood at an offset; null where that cannot be told. */
  cursorAt(offset: number): Promise<Place | null>
  silentMs(): number
  /** Types what is no input: an answer, or what takes one away. */
  type(answer: string): void
  /** What waits are judged by has changed. */
  changed(): void
}

/** Longest time that an asker is looked for; programs wait for two seconds, fish for ten. */
const ASKED_MS = 5000
/** How long a wait takes an asker to be about to go on, instead of waiting for input. */
const HOLD_MS = 1000
/** Queries that wait at a time: a program may ask for each of 256 colours. */
const MAX_PENDING = 300
/** How much later than a look its terminal's output may come. */
const MARK_MS = 20
/** How often it is looked for what nothing else tells of. */
const POLL_MS = 10
/** How long ssh may take to have connected, behind what came from the other side. */
const CONNECT_MS = 200

/** A query that has no answer yet. */
interface Pending {
  readonly query: Query
  /** On the monotonic clock, in milliseconds. */
  readonly askedAt: number
  /** How much had been typed. */
  readonly inputs: number
  /** How often the terminal was seen in line mode since. */
  cooked: number
}

/** Answers what programs ask their terminal, in order, where somebody waits for it. */
export class Answers {
  readonly #host: AnswersHost
  readonly #askers = new Set<number>()
  #pending: Pending[] = []
  #working = false
  #ended = false
  #holdTimer: NodeJS.Timeout | null = null
  readonly #left: LeftAnswers
  readonly #budget = new AnswerBudget()
  readonly #pace = new LookPace()
  /** The output of the command under way, which the shell in front here has run; how much had been typed when it began. */
  #command: { began: unknown; inputs: number } = { began: null, inputs: 0 }

  constructor(host: AnswersHost) {
    this.#host = host
    this.#left = new LeftAnswers(host)
  }

  /** Whether a program is waiting for an answer, and not for input. */
  get holds(): boolean {
    const now = performance.now()
    return this.#pending.some(({ askedAt }) => now - askedAt < HOLD_MS)
  }

  /** A piece of output has been recorded, with these queries in it. */
  fed(queries: readonly Query[]): void {
    this.#noteCommand()
    const { inputs } = this.#host.integration
    // Of a flood only the newest are kept.
    if (this.#pending.length + queries.length > MAX_PENDING) this.#pending = []
    for (const query of queries) this.#pending.push({ query, askedAt: performance.now(), inputs, cooked: 0 })
    if (this.#pending.length > 0 && !this.#working) void this.#work()
  }

  /** A shell may show its prompt now. */
  prompted(): void {
    this.#left.prompted()
  }

  end(): void {
    this.#ended = true
    this.#pending = []
    if (this.#holdTimer) clearTimeout(this.#holdTimer)
  }

  #noteCommand(): void {
    const { state, inputs } = this.#host.integration
    // Of a shell whose process was never seen, the commands are not those in front that can be seen.
    const began = state.current?.pid == null ? null : (state.running?.outputFrom ?? null)
    if (began !== this.#command.began) this.#command = { began, inputs }
  }

  async #work(): Promise<void> {
    this.#working = true
    this.#holdTimer = setTimeout(() => this.#decided(), HOLD_MS).unref()
    if (!(await this.#connected())) this.#pending = []
    while (this.#pending.length > 0) await this.#turn()
    this.#working = false
    clearTimeout(this.#holdTimer)
    if (!this.#ended) this.#decided()
  }

  #decided(): void {
    this.#host.integration.poke()
    this.#host.changed()
  }

  /** What ssh itself prints before it has connected is answered by nobody. */
  async #connected(): Promise<boolean> {
    const began = performance.now()
    while (!this.#host.integration.connected) {
      if (this.#ended || performance.now() - began > CONNECT_MS) return false
      await pause(POLL_MS)
    }
    return true
  }

  async #turn(): Promise<void> {
    const oldest = performance.now() - ASKED_MS
    this.#pending = this.#pending.filter(({ askedAt }) => askedAt > oldest)
    if (await this.#settle(this.#pending, undefined)) return
    await this.#patience()
    const asked = [...this.#pending]
    const look = await this.#host.integration.glance()
    // A prompt that a shell in front is about to show may still be on its way.
    if (look?.evidence.kind === 'shell') await pause(MARK_MS)
    if (look?.evidence.canonical) for (const one of asked) one.cooked++
    await this.#settle(asked, look)
  }

  /** A program that asks is looked at without delay; one that only prints queries ever more seldom. */
  async #patience(): Promise<void> {
    const left = (): number => {
      const { state, inputs } = this.#host.integration
      return this.#pace.left(`${state.prompt.from} ${inputs}`, performance.now())
    }
    while (left() > 0) await pause(Math.min(left(), POLL_MS))
    this.#pace.looked(performance.now())
  }

  /** Answers the first of these, up to one that has to wait. @returns whether none of them waits */
  async #settle(asked: readonly Pending[], look: Look | null | undefined): Promise<boolean> {
    const ready: Pending[] = []
    for (const one of asked) {
      const verdict = this.#verdict(one, look)
      if (verdict === 'drop') this.#forget([one])
      else if (verdict === 'answer') ready.push(one)
      else break
    }
    if (ready.length > 0) await this.#answer(ready, look)
    return !asked.some((one) => this.#pending.includes(one))
  }

  async #answer(asked: readonly Pending[], look: Look | null | undefined): Promise<void> {
    const { integration } = this.#host
    // Nothing may come into what is being typed; who asked is looked at anew behind that.
    if (integration.feeding) return void (await pause(POLL_MS))
    const answers: string[] = []
    for (const { query } of asked) {
      const { question, end } = query
      const place = question.ask === 'cursor' ? await this.#host.cursorAt(end) : HOME
      answers.push(place ? replyTo(question, this.#host.size(), place) : '')
    }
    if (integration.feeding || this.#ended) return
    const text = answers.filter((_, at) => this.#verdict(asked[at] as Pending, look) === 'answer').join('')
    this.#forget(asked)
    const began = asked.some(({ query }) => query.question.ask === 'attributes' && !query.edited)
    if (began && look?.evidence.kind === 'shell') this.#askers.add(look.evidence.pid)
    if (text === '' || !this.#budget.affords(asked.length, performance.now())) return
    this.#pace.answered()
    this.#left.given()
    this.#host.type(text)
  }

  #forget(done: readonly Pending[]): void {
    this.#pending = this.#pending.filter((one) => !done.includes(one))
  }

  #verdict({ query, inputs, cooked }: Pending, look: Look | null | undefined) {
    const { integration, recorder } = this.#host
    const { state, reporting } = integration
    const { units, prompts } = recorder.state
    return answerVerdict(query, look, {
      units,
      editors: prompts,
      silentMs: this.#host.silentMs(),
      reporting,
      ready: state.ready,
      promptFrom: state.prompt.from,
      untypedSince: integration.inputs === inputs,
      untouched: integration.inputs === 0,
      commandUntouched: this.#command.began !== null && this.#command.inputs === integration.inputs,
      cooked,
      askers: this.#askers,
    })
  }
}

const HOME: Place = { row: 1, column: 1 }
