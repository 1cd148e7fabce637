import { describe, expect, it, vi } from 'vitest'
import type { HelperAnswer } from '../../../src/common/askpass.js'
import {
  type AskedQuestion,
  type QuestionEvent,
  Questions,
  type Ticket,
  type TicketOptions,
} from '../../../src/connection/questions.js'

const PID = 4711
const PASSWORD = "me@host's password: "
const PASSPHRASE = "Enter passphrase for key '/home/me/.ssh/id': "
const HOST_KEY = 'Are you sure you want to continue connecting (yes/no/[fingerprint])? '
const CODE = '(me@host) Verification code: '
const REFUSED = { refused: true }

interface Issued {
  ticket: Ticket
  questions: Questions
  events: QuestionEvent[]
  ask(prompt: string, more?: { hint?: string; parent?: number }): Promise<HelperAnswer>
}

function issued(options: Partial<TicketOptions> = {}): Issued {
  const events: QuestionEvent[] = []
  const questions = new Questions('/run/daemon.sock', '/state/askpass')
  const onEvent = (event: QuestionEvent): void => void events.push(event)
  const all = { target: 'host', password: null, asker: null, terminal: false, onEvent, ...options }
  const ticket = questions.issue(all, [9, 6]) as Ticket
  ticket.pid = PID
  const id = ticket.env.SSH_MCP_ASKPASS_TICKET as string
  const ask: Issued['ask'] = (prompt, { hint = '', parent = PID } = {}) =>
    questions.answer({ ticket: id, prompt, hint, parent })
  return { ticket, questions, events, ask }
}

const states = (events: readonly QuestionEvent[]): string[] => events.map(({ state }) => state)

describe('a ticket', () => {
  it('tells ssh whom to ask, and has a secret of its own', () => {
    const [one, other] = [issued().ticket.env, issued().ticket.env]
    expect(one).toEqual({
      SSH_ASKPASS: '/state/askpass',
      SSH_ASKPASS_REQUIRE: 'force',
      SSH_MCP_ASKPASS_SOCKET: '/run/daemon.sock',
      SSH_MCP_ASKPASS_TICKET: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(one.SSH_MCP_ASKPASS_TICKET).not.toBe(other.SSH_MCP_ASKPASS_TICKET)
    expect(JSON.stringify(issued({ password: 'secret' }).ticket.env)).not.toContain('secret')
  })

  it.each<[[number, number], boolean]>([
    [[0, 0], false],
    [[7, 9], false],
    [[8, 3], false],
    [[8, 4], true],
    [[10, 0], true],
  ])('is of use to OpenSSH %j: %s', (version, expected) => {
    const options = { target: 'h', password: null, asker: null, terminal: false, onEvent: () => {} }
    expect(new Questions('/s', '/p').issue(options, version) !== null).toBe(expected)
  })

  it.each(['', 'x', 'constructor', 'A'.repeat(43)])('is not to be guessed: %j', async (ticket) => {
    const { questions, events } = issued({ password: 'secret', terminal: true })
    expect(await questions.answer({ ticket, prompt: PASSWORD, hint: '', parent: PID })).toEqual(REFUSED)
    expect(events).toEqual([])
  })

  it('is worth nothing once it is closed', async () => {
    const { ticket, ask } = issued({ password: 'secret', asker: async () => 'answer', terminal: true })
    ticket.close()
    expect(await ask(PASSWORD)).toEqual(REFUSED)
    expect(await ask('', { hint: 'none' })).toEqual(REFUSED)
    ticket.close()
  })

  it('is not for the questions of another', async () => {
    const questions = new Questions('/s', '/p')
    const issue = (password: string): Ticket => {
      const options = { target: 'h', password, asker: null, terminal: false, onEvent: () => {} }
      return questions.issue(options, [9, 0]) as Ticket
    }
    const [one, other] = [issue('one'), issue('other')]
    one.pid = 1
    other.pid = 2
    const ticket = other.env.SSH_MCP_ASKPASS_TICKET as string
    expect(await questions.answer({ ticket, prompt: PASSWORD, hint: '', parent: 1 })).toEqual(REFUSED)
    one.close()
    expect(await questions.answer({ ticket, prompt: PASSWORD, hint: '', parent: 2 })).toEqual({
      answer: 'other',
    })
  })
})

describe('the password', () => {
  it('is given to ssh once, without a word to anybody', async () => {
    const { ask, events } = issued({ password: ' p "w" ' })
    expect(await ask(PASSWORD)).toEqual({ answer: ' p "w" ' })
    expect(events).toEqual([])
    expect(await ask(PASSWORD)).toEqual(REFUSED)
    expect(states(events)).toEqual(['unanswered'])
  })

  it('is given in a dialogue too', async () => {
    expect(await issued({ password: 'secret' }).ask('(me@host) Password: ')).toEqual({ answer: 'secret' })
  })

  it('is given to one of two that ask at once', async () => {
    const { ask } = issued({ password: 'secret' })
    const answers = await Promise.all([ask(PASSWORD), ask(PASSWORD)])
    expect(answers).toEqual([{ answer: 'secret' }, REFUSED])
  })

  it.each<[string, string, { hint?: string; parent?: number }]>([
    ['an ssh for a hop', PASSWORD, { parent: PID + 1 }],
    ['a question for a passphrase', PASSPHRASE, {}],
    ['a question for a host key', HOST_KEY, {}],
    ['a question for a code', CODE, {}],
    ['a question for a new password', "Enter me@host's new password: ", {}],
    ['a notice', PASSWORD, { hint: 'none' }],
  ])('is not for %s', async (_, prompt, more) => {
    const { ask } = issued({ password: 'secret' })
    expect(JSON.stringify(await ask(prompt, more))).not.toContain('secret')
    // Nor is it spent by that.
    expect(await ask(PASSWORD)).toEqual({ answer: 'secret' })
  })

  it('is for nobody as long as it is not known which ssh it is for', async () => {
    const { ask, ticket } = issued({ password: 'secret' })
    ticket.pid = null
    expect(await ask(PASSWORD)).toEqual(REFUSED)
    ticket.pid = 1
    expect(await ask(PASSWORD, { parent: 1 })).toEqual({ answer: 'secret' })
  })
})

describe('a notice', () => {
  it.each([null, async () => 'answer'])('is nothing to be answered', async (asker) => {
    const { ask, events } = issued({ asker, terminal: asker === null })
    expect(await ask('Confirm user presence for key', { hint: 'none' })).toEqual({ answer: '' })
    expect(events).toEqual([])
  })
})

describe('where ssh has a terminal', () => {
  it.each([PASSWORD, PASSPHRASE, HOST_KEY, CODE])('it asks there: %j', async (prompt) => {
    const asker = vi.fn()
    const { ask, events } = issued({ terminal: true, asker })
    expect(await ask(prompt)).toEqual({ terminal: true })
    expect(events).toEqual([])
    expect(asker).not.toHaveBeenCalled()
  })

  it('it asks there after the password was wrong', async () => {
    const { ask } = issued({ terminal: true, password: 'secret' })
    expect(await ask(PASSWORD)).toEqual({ answer: 'secret' })
    expect(await ask(PASSWORD)).toEqual({ terminal: true })
  })
})

describe('where a person can be asked', () => {
  it.each<[string, AskedQuestion['kind']]>([
    [PASSWORD, 'secret'],
    [PASSPHRASE, 'secret'],
    [CODE, 'secret'],
    [HOST_KEY, 'confirm'],
  ])('they are, with all there is to know: %j', async (prompt, kind) => {
    const asked: AskedQuestion[] = []
    const { ask, events } = issued({
      target: 'me@h',
      asker: async (question) => {
        asked.push(question)
        question.onOpened()
        return 'yes'
      },
    })
    expect(await ask(prompt)).toEqual({ answer: 'yes' })
    expect(asked).toMatchObject([{ kind, prompt, target: 'me@h' }])
    expect(events).toEqual([
      { prompt, state: 'asked' },
      { prompt, state: 'opened' },
      { prompt, state: 'answered' },
    ])
  })

  it('an empty answer is one', async () => {
    const { ask, events } = issued({ asker: async () => '' })
    expect(await ask(PASSPHRASE)).toEqual({ answer: '' })
    expect(states(events)).toEqual(['asked', 'answered'])
  })

  it('they are asked for the password that a hop wants', async () => {
    const { ask } = issued({ password: 'secret', asker: async () => 'theirs' })
    expect(await ask(PASSWORD, { parent: 1 })).toEqual({ answer: 'theirs' })
  })

  it('they are asked no longer once ssh is over', async () => {
    let signal: AbortSignal | null = null
    const { ask, ticket } = issued({
      asker: (question) => {
        signal = question.signal
        return new Promise((resolve) => question.signal.addEventListener('abort', () => resolve(null)))
      },
    })
    const answer = ask(CODE)
    expect(signal).toMatchObject({ aborted: false })
    ticket.close()
    expect(signal).toMatchObject({ aborted: true })
    expect(await answer).toEqual(REFUSED)
  })
})

describe('where nobody answers', () => {
  it.each([
    [PASSWORD, 'unanswered'],
    [CODE, 'unanswered'],
    [PASSPHRASE, 'declined'],
    [HOST_KEY, 'declined'],
  ])('it is told whether ssh goes on: %j, %s', async (prompt, state) => {
    const alone = issued()
    expect(await alone.ask(prompt)).toEqual(REFUSED)
    expect(alone.events).toEqual([{ prompt, state }])
    const declined = issued({ asker: async () => null })
    expect(await declined.ask(prompt)).toEqual(REFUSED)
    expect(declined.events).toEqual([
      { prompt, state: 'asked' },
      { prompt, state },
    ])
  })
})
