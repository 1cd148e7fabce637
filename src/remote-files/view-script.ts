/** Larger files are not read to their end only to count their lines: that takes a second or so, in bytes. */
const COUNTED_BYTES = 256 * 1024 * 1024

/**
 * Prints a file's facts and the first bytes of what is asked for, or a directory's entries: type and name of each,
 * last their number. Entries come from the shell's own patterns, for every remote has them and they take any name.
 * Input: path, first line (0: the whole), number of lines (0: to the end), most bytes, most entries.
 */
export const VIEW_SCRIPT = `path; next; first=$v; next; count=$v; next; max=$v; next; most=$v
kind() {
  if [ -L "$1" ]; then kind=symlink
  elif [ -d "$1" ]; then kind=directory
  elif [ -f "$1" ]; then kind=file
  elif [ -p "$1" ]; then kind=fifo
  elif [ -S "$1" ]; then kind=socket
  elif [ -b "$1" ] || [ -c "$1" ]; then kind=device
  else kind=other; fi
}
list() {
  n=0
  set +f
  for f in .[!.]* ..?* *; do
    f=./$f
    [ -L "$f" ] || [ -e "$f" ] || continue
    n=$((n+1))
    [ "$n" -le "$most" ] || continue
    kind "$f"
    printf '%s\\0' "$kind" "\${f#./}"
  done
  printf '%s\\0' "$n"
}
facts
if [ -d "$p" ]; then
  { [ -r "$p" ] && cd "$p"; } 2>/dev/null || fail denied ''
  answer directory
  list
  exit
fi
regular
lines=- end=-
if [ "$size" -le ${COUNTED_BYTES} ]; then
  lines=$(wc -l <"$p")
  end=$(tail -c 1 <"$p" | wc -l)
fi
answer file "$size" "$lines" "$end"
if [ "$first" = 0 ]; then head -c "$max" <"$p"
elif [ "$count" = 0 ]; then tail -n "+$first" <"$p" | head -c "$max"
else tail -n "+$first" <"$p" | head -n "$count" | head -c "$max"; fi
`
