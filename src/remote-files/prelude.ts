/**
 * What every script begins with. Texts come in by `next`, one a line (the dot keeps the line ends that `$(…)` would
 * drop); facts go out by `answer`, their number first, each ended by a NUL. `facts` has what ls says of $p, which
 * is the one way to it that every remote has.
 */
export const PRELUDE = `export LC_ALL=C
unset CDPATH GREP_OPTIONS
set -f
nl='
'
answer() { printf '%s\\0' "$#" "$@"; }
fail() { answer error "$@"; exit 0; }
next() {
  IFS= read -r line || fail input ''
  v=$(printf '%b.' "$line"); v=\${v%.}
}
path() { next; case $line in '~'*) v=$HOME\${v#?};; esac; p=$v; }
need() { for tool do command -v "$tool" >/dev/null 2>&1 || fail tools "$tool"; done; }
facts() {
  found=$(ls -dnL "$p" 2>&1) || { [ -L "$p" ] && fail dangling "$found"; fail missing "$found"; }
  set -- $found
  mode=$1 links=$2 uid=$3 gid=$4 size=$5
}
regular() {
  [ -f "$p" ] || fail special ''
  ( : <"$p" ) 2>/dev/null || fail denied ''
}
`
