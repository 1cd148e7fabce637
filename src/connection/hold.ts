import type { Master } from './master.js'

/** How long ssh's last words are waited for once its control socket is closed, in milliseconds. */
const LAST_WORDS_MS = 1000

/** A master that is kept as long as something listens on it. */
export interface Hold {
  controlPath: string
  /** Whether that master is the person's own. */
  thePersons: boolean
  /** It did not answer: nothing more is to be begun on it. */
  distrust(): void
  /** Waits until the server has handled what it was sent so far, as far as that can be seen. */
  settled(): Promise<void>
  /** Why the connection is gone, in ssh's words as far as there are any. */
  whyLost(): Promise<string>
  release(): void
}

export function ownHold(master: Master): Hold {
  master.forwards++
  let held = true
  return {
    controlPath: master.controlPath,
    thePersons: false,
    distrust: () => {
      master.hung = true
    },
    settled: () => master.roundTrip(),
    whyLost: () => within(master.ended, LAST_WORDS_MS).then(() => master.loss),
    release: () => {
      if (!held) return
      held = false
      master.forwards--
      master.idleSince = performance.now()
    },
  }
}

export const personsHold = (controlPath: string): Hold => ({
  controlPath,
  thePersons: true,
  distrust: () => {},
  settled: async () => {},
  whyLost: async () => "the person's own connection, which it went over, has ended.",
  release: () => {},
})

/** Waits for something, but no longer than so many milliseconds. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
