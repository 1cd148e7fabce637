/**
 * PROMPT_SP prints its mark and blanks before any hook runs, so D would come behind them: the option is
 * switched off and __sm_e prints the same behind D. A function called precmd runs before precmd_functions:
 * D is put at its beginning. A start file that is read again switches the option on: __sm_q does it once more,
 * but where options are local to functions. The marks in PS1 and PS2 hold the number itself, since parameters are expanded
 * there only with PROMPT_SUBST; %(#..) expands to nothing and keeps the text itself from being a mark.
 */
const HOOKS = `
__sm_d() {
{ __sm_s=$?
\\emulate -L zsh; \\unsetopt xtrace errexit errreturn
if [[ -z $__sm_x ]]; then
__sm_x=1 __sm_k=$((__sm_k+1))
\\printf '\\33]133;D;%s;n=%s;k=%s;%s\\7\\33]133;A;n=%s;k=%s\\7' "$__sm_s" "$__sm_n" "$__sm_k" "\${PWD##*[[:cntrl:]]*}" "$__sm_n" "$__sm_k" >$__sm_t
[[ -n $__sm_sp ]] && __sm_e >$__sm_t
fi
\\return $__sm_s; } 2>/dev/null
}
__sm_e() {
\\local m=\${PROMPT_EOL_MARK-%B%S%#%s%b} w
w=\${#\${(%)\${(S)m//\\%[BSsbUuEFKfk]}}}
\\print -rn -- "\${(%)m}\${(l:COLUMNS-w:: :):-}"$'\\r'"\${(l:w:: :):-}"$'\\r'
}
__sm_b() {
{ __sm_s=$? __sm_x=
if [[ -o promptpercent ]]; then
\\emulate -L zsh; \\unsetopt xtrace errexit errreturn
\\setopt extendedglob
PS1=\${PS1//'%{'$'\\e'']133;B;n='[a-z0-9]##';k=%(#..)'[0-9]##$'\\a''%}'}
PS2=\${PS2//'%{'$'\\e'']133;P;n='[a-z0-9]##';k=%(#..)'[0-9]##$'\\a''%}'}
PS1=$PS1'%{'$'\\e'']133;B;n='$__sm_n';k=%(#..)'$__sm_k$'\\a''%}'
PS2='%{'$'\\e'']133;P;n='$__sm_n';k=%(#..)'$__sm_k$'\\a''%}'$PS2
fi
(( \${preexec_functions[(I)__sm_o]} )) || preexec_functions+=(__sm_o)
\\return $__sm_s; } 2>/dev/null
}
__sm_q() {
if [[ -o promptsp ]]; then __sm_sp=1; \\unsetopt promptsp; fi
}
__sm_z() {
\\emulate -L zsh; \\unsetopt xtrace errexit errreturn
case "$1" in (*'__sm_in '*'$__sm_v'*|*__sm=[$]*) \\return 1;; esac
}
__sm_o() {
{ __sm_x=
\\printf '\\33]133;C;n=%s;k=%s\\7' "$__sm_n" "$__sm_k" >$__sm_t
\\return 0; } 2>/dev/null
}
`

/**
 * What the sending forms call: __sm_in reads a text from the terminal into __sm_v, __sm_c prints C and gives $? back.
 * What the person's traps print must not get into that text. C comes before the text, which zsh reads as a whole, so
 * that a syntax error is output; but under xtrace behind the eval, which would show.
 */
const FORMS = `
__sm_c() {
{ __sm_s=\${1-$?}
\\printf '\\33]133;C;n=%s;k=%s\\7' "$__sm_n" "$__sm_k" >$__sm_t
\\return $__sm_s; } 2>/dev/null
}
__sm_in() {
{ __sm_s=$?
\\local p f=r
[[ -o xtrace ]] && f=c
\\emulate -L zsh; \\unsetopt xtrace errexit errreturn
\\trap - DEBUG ZERR
__sm_v="{ __sm_v=;__sm_$f $__sm_s&&:; } 2>/dev/null"$'\\n'
\\command \\head -n 0 </dev/null >/dev/null || p=1
if \\command \${p:+-p} \\head -n 0 </dev/null >/dev/null; then
\\printf '\\33]133;I;n=%s\\7' "$__sm_n" >$__sm_t
case "\${2-}" in
(e) __sm_v+=$(\\printf %b "$(\\command \${p:+-p} \\head -n "$1" | \\command \${p:+-p} \\tr -d '\\n')");;
(*) __sm_v+=$(\\command \${p:+-p} \\head -n "$1");;
esac
[[ $f == c ]] || __sm_c
else __sm_v='(exit 127)'; fi
\\return 0; } 2>/dev/null
}
`

/** Runs in a function, so that the person's options do not matter. */
const HOOKING = `
__sm_a() {
\\emulate -L zsh; \\unsetopt xtrace errexit errreturn
\\typeset -ga precmd_functions preexec_functions zshaddhistory_functions
precmd_functions=(__sm_d \${precmd_functions:#__sm_*} __sm_b __sm_q)
preexec_functions=(\${preexec_functions:#__sm_*} __sm_o)
zshaddhistory_functions=(\${zshaddhistory_functions:#__sm_*} __sm_z)
if (( $+functions[precmd] )) && [[ \${functions[precmd]} != *__sm_d* && \${functions[precmd]} != *'autoload -'* ]]; then functions[precmd]="__sm_d
\${functions[precmd]}"; fi
\\local f=$__sm_y
[[ \${widgets[bracketed-paste]-} == builtin ]] || f=$f,magic
(( \${#zle_bracketed_paste} )) || f=$f,noeditor
\\printf '\\33]133;S;n=%s;%s;%s\\7' "$__sm_n" "$ZSH_VERSION" "\${\${:-$f\${1-}}#,}" >$__sm_t
}
`

/**
 * Arms zsh. In a shell whose PS1 is readonly it does nothing. zsh has no way to take a line out of its
 * history: without HIST_IGNORE_SPACE the first arming line stays there. Lines that come later are kept out.
 */
export const ZSH_SCRIPT = `
{ PS1=$PS1 PS2=$PS2; } 2>/dev/null
__sm_y=; if [[ \${__sm_w-} == $$ ]]; then __sm_y=again; fi
__sm_w=$$ __sm_n=NONCE __sm_k=0 __sm_t=/dev/tty __sm_x= __sm_sp=\${__sm_sp-}
{ : >$__sm_t; } 2>/dev/null || __sm_t=$(\\tty)
${HOOKS}${FORMS}${HOOKING}
if [[ -o promptsp ]]; then __sm_sp=1; \\unsetopt promptsp; fi
if [[ -o correct || -o correctall ]]; then __sm_a ,correct; else __sm_a; fi
\\unfunction __sm_a; \\unset __sm_y
__sm_r() { \\return $1; }
__sm_r $__sm && :
`
