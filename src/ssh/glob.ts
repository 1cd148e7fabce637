import { starMatch } from './star-match.js'

/** Whether a pattern of ssh_config, in which only `*` and `?` are special, stands for the whole text. */
export const matchesGlob = (pattern: string, text: string): boolean =>
  starMatch(
    pattern.split(''),
    text.length,
    (piece) => piece === '*',
    (piece, place) => piece === '?' || piece === text[place],
  )
