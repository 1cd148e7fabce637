/**
 * Makes a directory of our own beside $p and goes into it, so that $p is there by its name in `..`. The new file is
 * made in there, as `new`: whoever else may write beside $p could lay a link where it is to be. What is in it goes
 * when the script ends, however it does: signals are caught before it is made, and left alone while it goes.
 */
export const TEMPORARY = `next
case $p in */*) room=\${p%/*}/.ssh-mcp-$v p=../\${p##*/};; *) room=./.ssh-mcp-$v p=../$p;; esac
trap 'exit 1' HUP INT PIPE TERM
trap 'trap "" HUP INT PIPE TERM; eval "$tidy"' EXIT
tidy='rmdir "$room" 2>/dev/null'
words=$( { umask 077; mkdir "$room"; } 2>&1 ) || fail write "$words"
cd "$room" 2>/dev/null || fail write "$room: not ours"
tidy='rm -f new old; cd .. && rmdir "\${room##*/}"'
[ -O . ] && chmod go-rwx . || fail write "$room: not ours"
take() {
  words=$( { cat >new; } 2>&1 ) || fail write "$words"
  [ "$(wc -c <new)" -eq "$1" ] || fail cut ''
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
if command -v link >/dev/null 2>&1; then words=$(link new "$p" 2>&1)
else words=$(ln new "$p" 2>&1); fi || {
  exists && fail exists ''
  words=$(mv -n new "$p" 2>&1) || fail write "$words"
  [ ! -e new ] || fail exists ''
}
answer done
`
