/** The octal digits of a mode as ls shows it: `-rwsr-x--T` is 5750 but for x of others. */
export function octalMode(shown: string): string {
  const bits = [...shown.slice(1, 10)].map((letter) => (/[-ST]/.test(letter) ? '0' : '1')).join('')
  const special = [3, 6, 9].map((at) => (/[sStT]/.test(shown.charAt(at)) ? '1' : '0')).join('')
  return Number.parseInt(special + bits, 2)
    .toString(8)
    .padStart(4, '0')
}
