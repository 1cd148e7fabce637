/** What the askpass helper says: which ticket it has, what ssh asks (`hint`: SSH_ASKPASS_PROMPT), and whose child it is. */
export interface HelperQuestion {
  ticket: string
  prompt: string
  hint: string
  parent: number
}

/** What it is told: the answer, to ask on ssh's terminal itself, or that there is none. */
export type HelperAnswer = { answer: string } | { terminal: true } | { refused: true }
