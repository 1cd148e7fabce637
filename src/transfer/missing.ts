/** Of a long list of what is missing this much is told. */
const MAX_TOLD = 10

/** What is not there, in a sentence each; the rest is counted. */
export const missingTold = (missing: readonly string[]): string[] =>
  missing.length <= MAX_TOLD
    ? [...missing]
    : [...missing.slice(0, MAX_TOLD), `… and ${missing.length - MAX_TOLD} more are not there.`]
