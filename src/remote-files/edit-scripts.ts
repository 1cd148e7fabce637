import { TEMPORARY } from './create-script.js'

/**
 * Prints what an edit has to know of a file, and its content. Symbolic links are followed to the file itself, by
 * whose own name it is written again, so that a link stays one.
 * Input: path, most bytes.
 */
export const EDIT_READ_SCRIPT = `path; next; max=$v
facts
[ -d "$p" ] && fail directory ''
regular
[ -w "$p" ] || fail read-only ''
[ "$links" = 1 ] || fail links "$links"
[ "$size" -le "$max" ] || fail large "$size bytes"
me=$(id -u)
[ "$me" = 0 ] || [ "$me" = "$uid" ] || fail owner "$uid"
if [ -L "$p" ]; then
  need readlink
  p=$(readlink -f "$p" && echo .) || fail dangling ''
  p=\${p%"$nl".}
fi
answer file "$mode" "$uid" "$gid" "$p"
head -c "$max" <"$p"
`

/**
 * Writes a file anew. The temporary file begins as a copy, which has the mode, the owner and, where cp knows of
 * them, the access list; mode bits that writing takes away are set again. Then comes a look at whether the file is
 * still what was read, and one more after the rename, at the old file under a second name: what somebody wrote
 * to it in between would be lost with it, so it gets its name back.
 * Input: path, name of the temporary file, size, octal mode; mode, user and group as ls shows them; sha256, cksum,
 * md5 of what was read; content.
 */
export const EDIT_WRITE_SCRIPT = `path
${TEMPORARY}next; bytes=$v; next; octal=$v; next; kept=$v
next; sha256=$v; next; crc=$v; next; md5=$v
facts
[ "$mode $uid $gid" = "$kept" ] && [ "$links" = 1 ] || fail changed ''
words=$(cp -p "$p" new 2>&1) || fail write "$words"
take "$bytes"
words=$(chmod "$octal" new 2>&1) || fail write "$words"
set -- $(ls -dn new)
[ "$1 $3 $4" = "$kept" ] || fail kept ''
for sum in sha256sum cksum md5sum none; do command -v $sum >/dev/null 2>&1 && break; done
[ "$sum" = none ] && fail tools sha256sum
case $sum in sha256sum) then=$sha256;; cksum) then=$crc;; *) then=$md5;; esac
now=$($sum <"$p" 2>/dev/null)
set -- $now
[ "$1" = "$then" ] || fail changed ''
ln "$p" old 2>/dev/null
words=$(mv -f new "$p" 2>&1) || fail write "$words"
if [ -e old ]; then
  set -- $($sum <old 2>/dev/null)
  [ "$1" = "$then" ] || { mv -f old "$p"; fail changed ''; }
fi
answer done
`
