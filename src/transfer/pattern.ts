/** Whether a path can be read as a pattern at all. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path)

/** The text that a pattern without anything special in it stands for: a backslash stands before what it protects. */
export const withoutEscapes = (pattern: string): string => pattern.replace(/\\(.)/gs, '$1')
