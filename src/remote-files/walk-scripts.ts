/**
 * Standard error has from here on one thing only: how many files or directories could not be read, as the number of
 * complaints. `counted` runs what walks through them, with its standard output on 3.
 */
const COUNTED = `exec 4>&2 2>/dev/null
counted() { "$@" 2>&1 >&3 3>&- | grep -vc 'grep: warning: ' >&4; }
`

/**
 * Prints every path below a directory that is no directory, each ended by a NUL. Links are not followed.
 * Input: path.
 */
export const GLOB_SCRIPT = `path
need find
facts
[ -d "$p" ] || fail no-directory ''
cd "$p" 2>/dev/null || fail denied ''
answer directory
${COUNTED}walk() {
  if find . -prune -print0 >/dev/null 2>&1 </dev/null
  then find . ! -type d -print0
  else find . ! -type d -exec printf '%s\\0' {} +; fi
}
counted walk 3>&1
`

/**
 * Searches a file, or the regular files below a directory. A first pass has grep name the files that match, many at
 * a time; a second has it show each of them, behind its name between NULs with a word before it that no file can
 * know; empty for a file that was asked for by itself. So no name has to be told from a line. Names with line ends, which the first pass could not print, are
 * looked at one by one.
 * Input: path, pattern, pattern of names, word, options of both passes, options of the second (none: names only).
 */
export const GREP_SCRIPT = `path
next; pattern=$v; next; names=$v; next; word=$v; next; flags=$v; next; show=$v
need find grep sed tr xargs
words=$(echo | grep -E -e "$pattern" 2>&1 >/dev/null)
[ $? -lt 2 ] || fail pattern "$words"
printf 'x\\n' | grep -I x >/dev/null 2>&1 && flags="-I $flags"
facts
if [ -d "$p" ]; then
  cd "$p" 2>/dev/null || fail denied ''
  dir=1
  answer directory
else
  regular
  dir=
  answer file
fi
look='one() {
  printf "\\0%s%s\\0" "$word" "\${dir:+$1}"
  [ -z "$show" ] || grep -h -E $flags $show -e "$pattern" "$1" </dev/null
}
odd() {
  for f do
    [ -z "$dir" ] || printf "%s" "$f" | tr "\\n" "?" | grep -E -q -e "$names" || continue
    grep -q -E $flags -e "$pattern" "$f" </dev/null && one "$f"
  done
}'
eval "$look"
export look dir pattern names word flags show
${COUNTED}files() {
  if [ "$dir" ]; then find . -type f ! -path "*$nl*" | grep -E -e "$names"
  else printf '%s\\n' "$p"; fi
}
walk() { files | sed 's/[^A-Za-z0-9_.,/+-]/\\\\&/g' | xargs grep -l -E $flags -e "$pattern"; }
if [ -z "$dir" ]; then
  case $p in *"$nl"*) odd "$p"; exit 0;; esac
fi
counted walk 3>&1 | while IFS= read -r f; do one "$f"; done
[ -z "$dir" ] || find . -type f -path "*$nl*" -exec sh -c 'eval "$look"; odd "$@"' sh {} +
exit 0
`
