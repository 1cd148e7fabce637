import { EXPORTED_AGAIN, NOT_EXPORTED } from './arm-posix.js'

/**
 * Hooks: __sm_d prints D and A at the beginning of PROMPT_COMMAND, __sm_b puts the B mark back at its end. They are
 * called between braces, so that under set -x the call does not show. PS0, PS1 and PS2 name variables, which a child
 * shell that inherits them does not have, so that its marks are void.
 */
const HOOKS = `
__sm_y=; if [ "\${__sm_w-}" = $$ ]; then __sm_y=again; fi
__sm_w=$$ __sm_n=NONCE __sm_k=0 __sm_t=/dev/tty __sm_l='
'
{ : >$__sm_t; } 2>/dev/null || __sm_t=$(\\tty)
__sm_p=';n=$__sm_n;k=$__sm_k\\a'
__sm_p0='\\e]133;C'$__sm_p __sm_p1='\\[\\e]133;B'$__sm_p'\\]' __sm_p2='\\[\\e]133;P'$__sm_p'\\]'
__sm_d() {
__sm_s=$? __sm_k=$((\${__sm_k:-0}+1))
\\printf '\\33]133;D;%s;n=%s;k=%s;%s\\7\\33]133;A;n=%s;k=%s\\7' "$__sm_s" "$__sm_n" "$__sm_k" "\${PWD##*[[:cntrl:]]*}" "$__sm_n" "$__sm_k" >"$__sm_t"
case $- in *e*) __sm_s=0;; esac
return "$__sm_s"
}
__sm_b() {
__sm_s=$?
case "\${PS1-}" in *"$__sm_p1") ;; *) PS1=\${PS1-}; PS1=\${PS1//"$__sm_p1"/}$__sm_p1;; esac
case "\${PS2-}" in "$__sm_p2"*) ;; *) PS2=$__sm_p2\${PS2-};; esac
case $- in *e*) __sm_s=0;; esac
return "$__sm_s"
}
`

/**
 * What the sending forms call: __sm_in reads a text from the terminal into __sm_v, __sm_c prints C and gives $? back.
 * What the person's traps print must not get into that text, so they are not inherited meanwhile.
 */
const FORMS = `
__sm_c() {
{ __sm_s=\${1-$?}; \\printf '\\33]133;C;n=%s;k=%s\\7' "$__sm_n" "$__sm_k" >"$__sm_t"
case "\${2-}" in [0-9]*) \\history -d "$2";; esac
case $- in *e*) __sm_s=0;; esac
return "$__sm_s"; } 2>/dev/null
}
__sm_h() {
__sm_s=$(HISTTIMEFORMAT= \\history 1)
case "$__sm_s" in *"$1"*) __sm_s=\${__sm_s#"\${__sm_s%%[0-9]*}"}; \\printf %s "\${__sm_s%%[!0-9]*}";; esac
}
__sm_in() {
{ __sm_s=$? __sm_u=$- __sm_o=; \\set +TE
__sm_v="{ __sm_v=;__sm_c $__sm_s $(__sm_h __sm_in)&&:; } 2>/dev/null$__sm_l"
\\command head -n 0 </dev/null >/dev/null || __sm_o=1
if \\command \${__sm_o:+-p} head -n 0 </dev/null >/dev/null; then
\\printf '\\33]133;I;n=%s\\7' "$__sm_n" >"$__sm_t"
case "\${2-}" in
e) __sm_v=$__sm_v$(\\printf %b "$(\\command \${__sm_o:+-p} head -n "$1" | \\command \${__sm_o:+-p} tr -d '\\n')");;
*) __sm_v=$__sm_v$(\\command \${__sm_o:+-p} head -n "$1");;
esac
else __sm_v='(exit 127)'; fi
case $__sm_u in *T*) \\set -T;; esac
case $__sm_u in *E*) \\set -E;; esac; } 2>/dev/null
}
`

/**
 * Where PROMPT_COMMAND may not be changed, D and A go to the front of PS1. bash-preexec wants to be first and last
 * in PROMPT_COMMAND, and has a list of its own.
 */
const INSTALL = `
__sm_1="{\${__sm_l}__sm_d\${__sm_l}} 2>/dev/null" __sm_2="{\${__sm_l}__sm_b\${__sm_l}} 2>/dev/null"
__sm_3='\\[\\e]133;D;$?;n=$__sm_n;k=$((__sm_k+=1));\${PWD##*[[:cntrl:]]*}\\a\\e]133;A'$__sm_p'\\]'
PS1=\${PS1//"$__sm_3"/} __sm_a=()
if ! (PROMPT_COMMAND=) 2>/dev/null; then PS1=$__sm_3$PS1
elif [[ "\${PROMPT_COMMAND[*]-}" == *__bp_* ]]; then
for __sm_s in "\${precmd_functions[@]-}"; do case "$__sm_s" in ''|__sm_*) ;; *) __sm_a+=("$__sm_s");; esac; done
precmd_functions=(__sm_d \${__sm_a[@]+"\${__sm_a[@]}"} __sm_b)
PROMPT_COMMAND=\${PROMPT_COMMAND//"$__sm_l$__sm_1"/}
PROMPT_COMMAND=\${PROMPT_COMMAND//"$__sm_l$__sm_2"/}
elif [[ \${BASH_VERSINFO[0]}\${BASH_VERSINFO[1]} -ge 51 && "$(\\declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
for __sm_s in "\${PROMPT_COMMAND[@]}"; do case "$__sm_s" in "$__sm_1"|"$__sm_2") ;; *) __sm_a+=("$__sm_s");; esac; done
PROMPT_COMMAND=("$__sm_1" "\${__sm_a[@]}" "$__sm_2")
else
PROMPT_COMMAND=\${PROMPT_COMMAND-}
PROMPT_COMMAND=\${PROMPT_COMMAND//"$__sm_l$__sm_2"/}
PROMPT_COMMAND=$__sm_1$__sm_l\${PROMPT_COMMAND//"$__sm_1$__sm_l"/}$__sm_l$__sm_2
fi
`

/** again: it was armed before; nops0: bash before 4.4 or without promptvars, which nobmark says too; nopaste: the line editor takes no bracketed paste. */
const TRAITS = `
PS0=\${PS0-}
PS0=\${PS0//"$__sm_p0"/}$__sm_p0
__sm_b
__sm_f=$__sm_y
[[ \${BASH_VERSINFO[0]}\${BASH_VERSINFO[1]} -ge 44 ]] && shopt -q promptvars || __sm_f=$__sm_f,nops0
shopt -q promptvars || __sm_f=$__sm_f,nobmark
[[ ( -o emacs || -o vi ) && "$(\\bind -v 2>/dev/null)" == *"enable-bracketed-paste on"* ]] || __sm_f=$__sm_f,nopaste
__sm_s=$(__sm_h '133;I;n=NONCE')
case "$__sm_s" in [0-9]*) \\history -d "$__sm_s";; esac
\\printf '\\33]133;S;n=%s;%s;%s\\7' "$__sm_n" "$BASH_VERSION" "\${__sm_f#,}" >"$__sm_t"
\\unset -v __sm_a __sm_y __sm_f __sm_p __sm_1 __sm_2 __sm_3
`

/** Arms bash from 3.2 on. In a shell whose PS1 is readonly it does nothing. The line is not kept in history. */
export const BASH_SCRIPT = `
${NOT_EXPORTED}
__sm_r() { return "$1"; }
if (PS0= PS1= PS2=) 2>/dev/null; then
${HOOKS}${FORMS}${INSTALL}${TRAITS}
fi
${EXPORTED_AGAIN}
__sm_r "$__sm" && :
`
