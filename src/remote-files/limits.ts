/** Largest file that is written as a whole, in bytes: it is held in memory, and edits are found in it byte by byte. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024

/** Edits of one call: each reads through the file once, while nothing else is done. */
export const MAX_EDITS = 100
