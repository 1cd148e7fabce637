import { invalid } from './errors.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** A whole number; what is larger than `most` counts as that. @throws validation_error that names the variable */
export function number(
  env: Environment,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = env[name]?.trim()
  if (!text) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) {
    throw invalid(
      `${name} is '${text}', but must be a whole number from ${least} to ${most}. Correct it in the client's configuration.`,
    )
  }
  return Math.min(value, most)
}

/** @param least 0 where any that is free will do @throws validation_error that names the variable */
export function port(env: Environment, name: string, least = 1): number | null {
  if (!word(env, name)) return null
  const value = number(env, name, 0, least, 65_536)
  if (value < 65_536) return value
  throw invalid(
    `${name} is '${word(env, name)}', and so larger than 65535. Correct it in the client's configuration.`,
  )
}

/** Without the blanks around it; null where nothing is left. */
export const word = (env: Environment, name: string): string | null => env[name]?.trim() || null

/** @throws validation_error that names the variable */
export function flag(env: Environment, name: string): boolean {
  const text = env[name]?.trim().toLowerCase()
  if (!text || ['0', 'false', 'no', 'off'].includes(text)) return false
  if (['1', 'true', 'yes', 'on'].includes(text)) return true
  throw invalid(`${name} is '${text}', but must be 1 or 0. Correct it in the client's configuration.`)
}
