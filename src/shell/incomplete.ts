import { isFishIncomplete } from './incomplete-fish.js'
import { isPosixIncomplete } from './incomplete-posix.js'

/**
 * Whether a shell that is given this text and Enter would wait for more of it. Exact for open quotes and here
 * documents; where the rest is not clear, as in syntax that only one shell has, the text counts as complete.
 * POSIX is read as bash reads it with its usual settings, which zsh, ksh and dash mostly share.
 */
export function isIncomplete(text: string, language: 'posix' | 'fish'): boolean {
  return language === 'fish' ? isFishIncomplete(text) : isPosixIncomplete(text)
}
