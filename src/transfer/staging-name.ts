import { customAlphabet } from 'nanoid'

const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 10)

/** A name that nobody else has, for what is still being copied. */
export const stagingName = (): string => `.ssh-mcp-${newId()}.part`
