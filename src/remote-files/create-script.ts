/** Where the temporary file is, next to $p, and what happens to it when the script ends, however it does. */
export const TEMPORARY = `next
case $p in */*) tmp=\${p%/*}/.ssh-mcp-$v;; *) tmp=./.ssh-mcp-$v;; esac
trap 'rm -f "$tmp" "$tmp.old"' EXIT
trap 'exit 1' HUP INT PIPE TERM
take() {
  words=$( { cat >"$tmp"; } 2>&1 ) || fail write "$words"
  [ "$(wc -c <"$tmp")" -eq "$1" ] || fail cut ''
}
`

/**
 * Writes a file that does not exist yet. It gets its name by link(2), which refuses one that is taken, whatever by;
 * where the file system has no links, by a rename that does not replace. The size is compared, for an input that
 * is cut off by a lost connection looks as one that has ended.
 * Input: path, name of the temporary file, size, content.
 */
export const CREATE_SCRIPT = `path
case $p in */*) dir=\${p%/*}/;; *) dir=.;; esac
exists() { [ -e "$p" ] || [ -L "$p" ]; }
exists && fail exists ''
found=$(ls -d "$dir" 2>&1) || case $found in
*[Dd]enied*) fail denied '';;
*) fail parent '';;
esac
[ -d "$dir" ] || fail parent ''
${TEMPORARY}next; bytes=$v
take "$bytes"
if command -v link >/dev/null 2>&1; then words=$(link "$tmp" "$p" 2>&1)
else words=$(ln "$tmp" "$p" 2>&1); fi || {
  exists && fail exists ''
  words=$(mv -n "$tmp" "$p" 2>&1) || fail write "$words"
  [ ! -e "$tmp" ] || fail exists ''
}
answer done
`
