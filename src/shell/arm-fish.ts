/**
 * D comes from fish_postexec: on fish_prompt the padding of a last line without its end would stand before it.
 * Lines are joined with blanks, so each ends in a semicolon. C comes before a text that is fed, which fish reads as a
 * whole, so that a syntax error is output. The text goes to eval by a substitution: fish 3.6 may crash of a Ctrl-C in
 * one that is assigned.
 */
export const FISH_SCRIPT = `
set -l f; contains -- $fish_pid $__sm_w; and set f again; set -g __sm_w $fish_pid;
set -g __sm_n NONCE; set -g __sm_k 0; set -g __sm_t /dev/tty;
begin; echo -n >$__sm_t; end 2>/dev/null; or set -g __sm_t (tty);
function __sm_d --on-event fish_postexec;
set -g __sm_s $status; set -g __sm_k (math $__sm_k + 1); set -l p $PWD;
string match -qr '[[:cntrl:]]' -- $p; and set p '';
builtin printf '\\e]133;D;%s;n=%s;k=%s;%s\\a\\e]133;A;n=%s;k=%s\\a' $__sm_s $__sm_n $__sm_k $p $__sm_n $__sm_k >$__sm_t;
end;
function __sm_o --on-event fish_preexec; string match -qr '[ (]__sm_(c;|in )' -- " $argv[1]"; or __sm_c $status; end;
function __sm_c; set -g __sm_s $status; set -q argv[1]; and set -g __sm_s $argv[1];
builtin printf '\\e]133;C;n=%s;k=%s\\a' $__sm_n $__sm_k >$__sm_t; return $__sm_s; end;
function __sm_in; set -l s $status; set -l h;
for c in head /usr/bin/head /bin/head; command $c -n 0 </dev/null >/dev/null 2>&1; and set h $c; and break; end;
set -q h[1]; or set s 127; builtin printf '__sm_r %s\\n' $s;
set -q h[1]; or return; builtin printf '\\e]133;I;n=%s\\a' $__sm_n >$__sm_t;
if set -q argv[2]; builtin printf %b (command $h -n $argv[1] | string join ''); else; command $h -n $argv[1]; end; __sm_c $s; end;
function __sm_r; return $argv[1]; end;
functions -q __fish_enable_bracketed_paste; or set -a f noeditor;
string match -qr '^([4-9]|[1-9]\\d)' -- $version; and set -a f asks;
function __sm_b --on-event fish_prompt; builtin printf '\\e]133;B;n=%s;k=%s\\a' $__sm_n $__sm_k >$__sm_t; end;
builtin printf '\\e]133;S;n=%s;%s;%s\\a' $__sm_n $version (string join , $f) >$__sm_t; __sm_r $__sm;
`
