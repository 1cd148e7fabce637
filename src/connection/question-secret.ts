import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const randomSecret = (): string => randomBytes(32).toString('base64url')

const sha256 = (value: string): Buffer => createHash('sha256').update(value).digest()

/** A hash to look a secret up by. */
export const keyOf = (token: string): string => sha256(token).toString('hex')

/** Whether two texts are the same, in a time that tells nothing about them. */
export const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b))
