/** Under `set -a` a child shell would inherit what makes the marks, and speak for its parent. */
export const NOT_EXPORTED = `
__sm_x=; case $- in *a*) __sm_x=1; \\set +a;; esac
`
export const EXPORTED_AGAIN = `
case $__sm_x in 1) \\set -a;; esac
`

/**
 * Shells with no hook but their prompts. ESC and BEL stand there as such; nonce and numbers are expansions, so that
 * the text itself is no mark, nor what a child shell that inherits the prompt makes of it. ksh93 expands nothing in
 * PS2 and gets no mark there.
 */
const PROMPTS = `
__sm_y=; if [ "\${__sm_w-}" = $$ ]; then __sm_y=again; fi
__sm_w=$$ __sm_n=NONCE __sm_k=0 __sm_t=/dev/tty __sm_l='
'
{ : >$__sm_t; } 2>/dev/null || __sm_t=$(\\tty)
__sm_e=$(\\printf '\\33') __sm_g=$(\\printf '\\7')
__sm_p=";n=\\$__sm_n;k=\\$__sm_k$__sm_g"
__sm_p0="OPEN$__sm_e]133;D;\\$?;n=\\$__sm_n;k=\\$((__sm_k=__sm_k+1));\\\${PWD##*[[:cntrl:]]*}$__sm_g$__sm_e]133;A\${__sm_p}CLOSE"
case "\${PS1-}" in *"]133;D;"*) PS1=\${__sm_u-} PS2=\${__sm_v-};; esac
__sm_u=\${PS1-} __sm_v=\${PS2-}
PS1="$__sm_p0\${PS1-}OPEN$__sm_e]133;B\${__sm_p}CLOSE"
case "\${KSH_VERSION-}" in *93*) ;; *) PS2="OPEN$__sm_e]133;P\${__sm_p}CLOSE\${PS2-}";; esac
`

/** What the sending forms call: __sm_in reads a text from the terminal, __sm_c prints C and gives $? back. */
const FORMS = `
__sm_c() {
{ __sm_s=\${1-$?}; \\printf '\\33]133;C;n=%s;k=%s\\7' "$__sm_n" "$__sm_k" >"$__sm_t"
case $- in *e*) __sm_s=0;; esac
return "$__sm_s"; } 2>/dev/null
}
__sm_in() {
\\printf '{ __sm_c %s&&:; } 2>/dev/null\\n' "$?"
__sm_o=; \\command head -n 0 </dev/null >/dev/null 2>&1 || __sm_o=1
\\command \${__sm_o:+-p} head -n 0 </dev/null >/dev/null 2>&1 || { \\printf '(exit 127)\\n'; return; }
\\printf '\\33]133;I;n=%s\\7' "$__sm_n" >"$__sm_t"
case "\${2-}" in e) \\printf %b "$(\\command \${__sm_o:+-p} head -n "$1" | \\command \${__sm_o:+-p} tr -d '\\n')";; *) \\command \${__sm_o:+-p} head -n "$1";; esac
}
`

const SCRIPT = `
${NOT_EXPORTED}
__sm_r() { return "$1"; }
if (PS1= PS2=) 2>/dev/null; then
${PROMPTS}${FORMS}
\\printf '\\33]133;S;n=%s;%s;%s\\7' "$__sm_n" "\${KSH_VERSION-}" "$__sm_y" >"$__sm_t"
\\unset -v __sm_y __sm_e __sm_g __sm_p __sm_p0
fi
${EXPORTED_AGAIN}
__sm_r "$__sm" && :
`

/** Arms dash, ksh93 and the like. */
export const POSIX_SCRIPT = SCRIPT.replaceAll(/OPEN|CLOSE/g, '')

/**
 * Arms busybox ash, whose line editor counts columns: what takes none stands in \\[ \\]. It would expand a backslash in
 * the directory, so that is left out as one with control characters is. The line stays in its history.
 */
export const ASH_SCRIPT = SCRIPT.replaceAll('OPEN', '\\\\[')
  .replaceAll('CLOSE', '\\\\]')
  .replaceAll('*[[:cntrl:]]*', '*[\\\\\\\\[:cntrl:]]*')
