/**
 * A path on this machine with one character for each byte (latin1). The system's names are bytes: what is not valid
 * UTF-8 would change on its way through a string, and then another file is meant, or none.
 */
export type RawPath = string

export const fromText = (text: string): RawPath => Buffer.from(text, 'utf8').toString('latin1')

/** To be read by people; bytes that are no UTF-8 show as U+FFFD. */
export const toText = (path: RawPath): string => bytesOf(path).toString('utf8')

/** As the functions of node:fs take it. */
export const bytesOf = (path: RawPath): Buffer => Buffer.from(path, 'latin1')

/** Whether its text is the path itself, so that a program can be given it as an argument. */
export const hasText = (path: RawPath): boolean => fromText(toText(path)) === path

/** A name in a directory. */
export const join = (directory: RawPath, name: RawPath): RawPath =>
  directory.endsWith('/') ? directory + name : `${directory}/${name}`

/** The directory that a path without a slash at its end lies in. */
export const parent = (path: RawPath): RawPath => path.slice(0, Math.max(path.lastIndexOf('/'), 1))

/** The last name of a path without a slash at its end. */
export const base = (path: RawPath): RawPath => path.slice(path.lastIndexOf('/') + 1)

/** Whether a path is a directory or lies in it; both absolute and without `.` and `..`. */
export const isWithin = (path: RawPath, directory: RawPath): boolean =>
  path === directory || path.startsWith(join(directory, ''))
