import { createHash } from 'node:crypto'

/** A command, and what ssh_run has to say of it. */
export interface Step {
  run: string
  /** 0 unless told; `any` where it is the shell's affair. */
  code?: number | 'any'
  /** Text of its output; empty unless told. */
  output?: string | RegExp
  /** The characters as they came, asked for instead of the text. */
  raw?: string
  cwd?: string
}

/** Steps that are taken one after another in one session; behind them the shell has to be as before. */
export type Scenario = [name: string, ...steps: Step[]]

export type Shell = 'bash' | 'zsh' | 'fish' | 'dash' | 'ash'
export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'dash', 'ash']

/** Text without any period, so that a piece that is lost, doubled or moved shows. */
function noise(chars: number): string {
  let text = ''
  for (let i = 0; text.length < chars; i++) text += createHash('sha256').update(`${i}`).digest('hex')
  return text.slice(0, chars)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const LINE = noise(40_000)
const LINES = `${noise(40_000).replaceAll(/.{50}/g, '$&\n').trimEnd()}\n`
const CONTROLS = 'a\x03b\x04c\x1bd\te\x7ff\x01\x15\x16\x1a\x1c'

const step = (run: string, output: string | RegExp = '', code: number | 'any' = 0): Step => ({
  run,
  output,
  code,
})

/** What all of the shells understand alike. */
const COMMON: Scenario[] = [
  ['nothing but success', step('true')],
  ['nothing but failure', step('false', '', 1), step('true')],
  ['a program that fails', step("sh -c 'exit 7'", '', 7)],
  ['no line end', step("printf 'no end'", 'no end'), step("printf 'again'", 'again')],
  ['empty lines', step("printf '\\n\\n'", '\n\n')],
  ['blanks at the end', step("printf 'a  \\n  b  '", 'a  \n  b  ')],
  ['one after another', step('echo one; echo two', 'one\ntwo\n'), step('echo one\necho two\n', 'one\ntwo\n')],
  ['quotes', step(`printf '%s\\n' 'a"b' "c'd" e\\ f`, `a"b\nc'd\ne f\n`)],
  ['a comment', step('echo behind # the "rest', 'behind\n'), step('# alone'), step('true #')],
  ['exclamation marks', step("echo 'a!b' '!!' !x !", 'a!b !! !x !\n')],
  ['carets', step("echo '^a^b'", '^a^b\n')],
  ['accents and wide characters', step("echo 'ü é 漢字 → 😀 e\u0301'", 'ü é 漢字 → 😀 e\u0301\n')],
  ['percent signs', step("printf '%s%%\\n' 50", '50%\n'), step("echo '%s %d %'", '%s %d %\n')],
  ['a tab', step("printf '%s' 'a\tb' | od -An -tx1", ' 61 09 62\n')],
  ['tabs on the screen', { run: "printf 'a\\tb\\n'", raw: 'a\tb\r\n' }],
  ['colours', step("printf '\\033[31mred\\033[0m\\n'", 'red\n')],
  ['colours, raw', { run: "printf '\\033[31mred\\033[0m\\n'", raw: '\x1b[31mred\x1b[0m\r\n' }],
  ['a progress bar', step("printf '10%%\\r50%%\\r100%%\\n'", '100%\n')],
  ['a progress bar, raw', { run: "printf '1%%\\r99%%\\n'", raw: '1%\r99%\r\n' }],
  ['a title', step("printf '\\033]0;title\\007text\\n'", 'text\n')],
  ['a bell', step("printf 'a\\007b\\n'", 'ab\n')],
  ['the alternate screen', step("printf 'a\\n\\033[?1049hfull\\033[?1049lb\\n'", /^a\n[\s\S]*b\n$/)],
  ['a line editor of a program', step("printf '\\033[?2004h> \\033[?2004lx\\n'", /x\n$/)],
  ['40 KB in a line', step(`printf %s ${LINE} | wc -c | tr -d ' '`, '40000\n')],
  ['their content', step(`printf %s '${LINE}' | sha256sum`, `${sha256(LINE)}  -\n`)],
  ['40 KB in lines', step(`printf '%s\\n' '${LINES.trimEnd()}' | sha256sum`, `${sha256(LINES)}  -\n`)],
  [
    'as much on a terminal without echo, for which nothing waits',
    step('stty -echo'),
    step(`printf %s ${LINE} | wc -c | tr -d ' '`, '40000\n'),
    step(`printf '%s\\n' '${LINES.trimEnd()}' | sha256sum`, `${sha256(LINES)}  -\n`),
    step('stty echo'),
  ],
  ['control characters', step(`printf %s '${CONTROLS}' | sha256sum`, `${sha256(CONTROLS)}  -\n`)],
  ['a wide line', step(`echo ${'w'.repeat(500)}`, `${'w'.repeat(500)}\n`)],
  ['many lines', step('seq 1 500', Array.from({ length: 500 }, (_, i) => `${i + 1}\n`).join(''))],
  ['a directory', { run: 'cd /usr', cwd: '/usr' }, { run: 'pwd', output: '/usr\n', cwd: '/usr' }],
  ['the wrong stream', step('echo out; echo err >&2', 'out\nerr\n')],
  ['no such command', step('nosuchcommand', /nosuchcommand/, 127)],
  ['marks that look like ours', step("printf 'a\\033]133;D;0\\007\\033]133;A\\007b\\n'", 'ab\n')],
  ['a wrong nonce', step("printf 'a\\033]133;D;0;n=abcdefghijkl;k=9999;/\\007b\\n'; false", 'ab\n', 1)],
  ['a mark half open', step("printf 'a\\n\\033]133;D;0'", 'a\n'), step('true')],
  ['an escape half open', step("printf 'a\\n\\033['", /^a\n/)],
  ['output later', step('sh -c \'(sleep 0.3; echo la""te) &\''), step('sleep 0.5; echo now', 'late\nnow\n')],
  ['a silent while', step('sleep 0.4; echo woke', 'woke\n')],
  ['a terminal without echo', step('stty -echo'), step('echo x', 'x\n'), step('stty echo')],
  ['a raw terminal', step('stty raw'), step('echo x', /^x\r?\n$/), step('stty sane')],
  ['a reset', step("printf '\\033c'; echo x", /x\n$/)],
  ['a clear screen', step("printf '\\033[H\\033[2J'; echo x", /x\n$/)],
]

const POSIX: Scenario[] = [
  ['a subshell', step('(exit 7)', '', 7), step('echo $?', '7\n')],
  [
    'the last status',
    step('false', '', 1),
    step('echo $? ü', '1 ü\n'),
    step('(exit 9)', '', 9),
    step('echo $?', '9\n'),
  ],
  ['a heredoc', step('cat <<X\na $((1+1)) "q\n  b\nX', 'a 2 "q\n  b\n')],
  ['a quoted heredoc', step("cat <<'X'\n$HOME `x` \\n !!\nX\n", '$HOME `x` \\n !!\n')],
  ['a heredoc with tabs', step('cat <<-X | od -An -c | tr -s " "\n\ta\n\t\tb\n\tX', ' a \\n b \\n\n')],
  ['two heredocs', step('cat <<A; cat <<B\n1\nA\n2\nB', '1\n2\n')],
  ['a heredoc in a function', step('f() {\ncat <<X\nin $1\nX\n}\nf 5', 'in 5\n')],
  ['a heredoc of 40 KB', step(`sha256sum <<'END'\n${LINES}END`, `${sha256(LINES)}  -\n`)],
  ['lines of a loop', step('for i in 1 2 3\ndo\n  echo $i\ndone', '1\n2\n3\n')],
  ['a loop that reads', step('seq 1 3 | while read -r n\ndo echo "<$n>"\ndone', '<1>\n<2>\n<3>\n')],
  ['a function', step('g() {\n  echo "g $1"\n  return 4\n}'), step('g 1', 'g 1\n', 4)],
  ['a case', step('case x in\n(a) echo a;;\nx) echo "x)";;\nesac', 'x)\n')],
  ['backslashes', step(`printf '%s\\n' \\\\ "\\\\" '\\\\' a\\\nb`, '\\\n\\\n\\\\\nab\n')],
  ['a negation', step('! true', '', 1), step('! false')],
  ['history expansion that is none', step('^a^b', /\^a\^b/, 127)],
  ['substitutions', step('echo $((40 + 2)) `echo x` "$(echo "a b")"', '42 x a b\n')],
  ['a variable', step('V="a b"'), step('echo "$V"', 'a b\n'), step('unset V'), step('echo "<$V>"', '<>\n')],
  ['an exported one', step('export W=1'), step("sh -c 'echo $W'", '1\n'), step('unset W')],
  ['an alias', step("alias zed='echo zed'"), step('zed 1', 'zed 1\n'), step('unalias zed')],
  [
    'globs',
    step('cd ~/globs; echo *; echo [ab].txt ?.txt; cd /', 'a.txt b.txt c d\na.txt b.txt a.txt b.txt\n'),
  ],
  [
    'a syntax error, of which the shell alone tells',
    ...['fi', 'echo )', "echo 'ü' )", "echo 'ü'\necho b )"].map((text) =>
      step(text, /^(ü\n)?\S*sh: .*(error|unexpected).*\n(\S*sh: .*\n)?$/, 'any'),
    ),
  ],
  ['set -u', step('set -u'), step('echo a', 'a\n'), step("echo 'ü'", 'ü\n'), step('set +u')],
  [
    'set -e',
    step('set -e'),
    step('true'),
    step('false || echo no', 'no\n'),
    step("echo 'ü'", 'ü\n'),
    step('set +e'),
  ],
  ['noclobber', step('set -o noclobber'), step('echo x', 'x\n'), step('set +o noclobber')],
  ['noglob', step('set -o noglob'), step('echo * ü', '* ü\n'), step('set +o noglob')],
  [
    'IFS',
    step('OLD=$IFS; IFS=:0123456789'),
    step('echo a:b', 'a:b\n'),
    step("echo 'ü'", 'ü\n'),
    step('IFS=$OLD'),
  ],
  [
    'output to the terminal',
    step('exec 3>&1 >/dev/null; exec >/dev/tty'),
    step('echo x', 'x\n'),
    step('exec >&3 3>&-'),
  ],
  ['standard input gone', step('true </dev/null; cat </dev/null')],
  ['a background job', step('sleep 0.01 & wait $!', /^(\[\d\].*\n)*$/)],
  ['PATH gone', step('P=$PATH; PATH='), step('echo x', 'x\n'), step('PATH=$P')],
  [
    'printed by the shell',
    step('set >/dev/null; set', /__sm_n=/),
    step('env', /HOME=/),
    step('printf "%s" "$PS1"', /./),
  ],
  [
    'PS1 changed',
    step("PS1='new> '"),
    step('(exit 3)', '', 3),
    step('echo x', 'x\n'),
    step("PS1='remote$ '"),
  ],
]

const BASH_ZSH: Scenario[] = [
  ['PS1 empty', step('PS1='), step('(exit 3)', '', 3), step('echo x', 'x\n'), step("PS1='remote$ '")],
  [
    'PS1 with a newline',
    step("PS1='\nnew\n> '"),
    step('(exit 3)', '', 3),
    step('echo x', 'x\n'),
    step("PS1='remote$ '"),
  ],
  [
    'output to a file',
    step('exec 3>&1 >gone.txt'),
    step('echo lost'),
    step('(exit 6)', '', 6),
    step('exec >&3 3>&-'),
    step('cat gone.txt; rm gone.txt', 'lost\n'),
  ],
  [
    'no errors shown',
    step('exec 3>&2 2>/dev/null'),
    step('echo x', 'x\n'),
    step('(exit 5)', '', 5),
    step('exec 2>&3 3>&-'),
  ],
  ['ANSI quotes', step(`printf '%s\\n' $'a\\tb\\x41\\'' | od -An -c | tr -s ' '`, " a \\t b A ' \\n\n")],
  ['a here string', step('cat <<<"a b"', 'a b\n')],
  ['an array', step('A=(1 "2 3")\nprintf "<%s>" "${A[@]}"', '<1><2 3>')],
  ['a process substitution', step('cat <(echo x)', 'x\n')],
  ['a readonly variable', step('readonly R=1'), step('echo $R', '1\n')],
  ['vi keys', step('set -o vi'), step('echo x', 'x\n'), step("echo '!'", '!\n'), step('set -o emacs')],
  [
    'two lines of prompt',
    step("PS1=$'one\\ntwo$ '"),
    step('(exit 2)', '', 2),
    step('echo x', 'x\n'),
    step("PS1='remote$ '"),
  ],
]

const BASH: Scenario[] = [
  ['set -x', step('set -x'), step('echo hi', '+ echo hi\nhi\n'), step('set +x', '+ set +x\n')],
  [
    'set -x and odd characters',
    step('set -x'),
    step("echo 'ü!'", /^(?!.*__sm)[\s\S]*ü!\n$/),
    step('set +x', '+ set +x\n'),
  ],
  [
    'a DEBUG trap',
    step("trap 'echo T' DEBUG", /^(T\n)*$/),
    step('(exit 3)', /^T\n/, 3),
    step('trap - DEBUG', /^T\n/),
    step('echo x', 'x\n'),
  ],
  [
    'an ERR trap',
    step("trap 'echo E' ERR"),
    step('false', 'E\n', 1),
    step('echo x', 'x\n'),
    step('trap - ERR'),
  ],
  [
    'PROMPT_COMMAND emptied',
    step('PROMPT_COMMAND=; (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  [
    'PROMPT_COMMAND unset',
    step('unset PROMPT_COMMAND; (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  [
    'PROMPT_COMMAND replaced',
    step("PROMPT_COMMAND='echo before'; (exit 5)", /^(before\n)?$/, 5),
    step('echo x', 'x\n'),
    step('PROMPT_COMMAND='),
  ],
  ['PS0 emptied', step('PS0='), step('echo x', 'x\n'), step('(exit 4)', '', 4)],
  [
    'PS0 of somebody',
    step("PS0='starts\\n'"),
    step('echo x', /^(starts\n)?x\n$/),
    step('PS0=', /^(starts\n)?$/),
  ],
  [
    'functions gone',
    step('unset -f $(compgen -A function); (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  ['functions printed', step('declare -f', /__sm_d/), step('declare -p', /__sm_n/)],
  ['the prompt expanded', step('echo "${PS1@P}${PS0@P}"', /./), step('echo x', 'x\n')],
  ['the second prompt expanded', step('echo "${PS2@P}"; sleep 0.3', /./), step('echo x', 'x\n')],
  ['a coprocess', step('coproc cat; kill %1; wait 2>/dev/null', /./, 'any'), step('echo x', 'x\n')],
  ['history', step('echo kept', 'kept\n'), step('history 2', /^ *\d+ +echo kept\n *\d+ +history 2\n$/)],
]

const ZSH: Scenario[] = [
  ['set -x', step('set -x'), step('echo hi', /^\+\S+ echo hi\nhi\n$/), step('set +x', /^\+\S+ set \+x\n$/)],
  [
    'precmd_functions emptied',
    step('precmd_functions=(); (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  [
    'preexec_functions emptied',
    step('preexec_functions=(); (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  [
    'functions gone',
    step('unfunction -m "__sm_*"; (exit 5)', '', 5),
    step('echo x', 'x\n'),
    step('(exit 4)', '', 4),
  ],
  [
    'a DEBUG trap',
    step("trap 'echo T' DEBUG", /^(T\n)*$/),
    step('(exit 3)', /^T\n/, 3),
    step('trap - DEBUG', /^T\n/),
    step('echo x', 'x\n'),
  ],
  [
    'an ERR trap',
    step("trap 'echo E' ZERR"),
    step('false', 'E\n', 1),
    step('echo x', 'x\n'),
    step('trap - ZERR'),
  ],
  ['printexitvalue', step('setopt printexitvalue'), step('true'), step('unsetopt printexitvalue')],
  ['functions printed', step('functions', /__sm_d/), step('typeset', /__sm_n/)],
  ['the prompt expanded', step('print -P "$PS1"', /./), step('echo x', 'x\n')],
  [
    'a right prompt',
    step("RPROMPT='%~ right'"),
    step('(exit 2)', '', 2),
    step('echo x', 'x\n'),
    step('RPROMPT='),
  ],
]

const FISH: Scenario[] = [
  [
    'the last status',
    step('false', '', 1),
    step('echo $status', '1\n'),
    step('sh -c "exit 9"', '', 9),
    step('echo $status ü', '9 ü\n'),
  ],
  ['lines of a loop', step('for i in 1 2 3\n  echo $i\nend', '1\n2\n3\n')],
  ['a function', step('function g\n  echo "g $argv"\n  return 4\nend'), step('g 1', 'g 1\n', 4)],
  ['a conditional', step("if true\necho yes # no end'\nend", 'yes\n')],
  ['backslashes', step(`printf '%s\\n' \\\\ "\\\\" '\\\\' a\\\nb`, '\\\n\\\n\\\nab\n')],
  ['a negation', step('not true', '', 1), step('! false')],
  ['substitutions', step('echo (math 40 + 2) (echo x) "$(echo "a b")"', '42 x a b\n')],
  [
    'a variable',
    step('set V "a b"'),
    step('echo $V', 'a b\n'),
    step('set -e V'),
    step('echo "<$V>"', '<>\n'),
  ],
  ['an exported one', step('set -x W 1'), step("sh -c 'echo $W'", '1\n'), step('set -e W')],
  ['an alias', step("alias zed='echo zed'"), step('zed 1', 'zed 1\n'), step('functions -e zed')],
  ['globs', step('cd ~/globs; echo *; cd /', 'a.txt b.txt c d\n')],
  [
    'a syntax error, of which the shell alone tells',
    ...['end', 'echo )', "echo 'ü' )", "echo 'ü'\necho b )"].map((text) =>
      step(text, /^\S*fish: ('end'|Unexpected '\)') /, 'any'),
    ),
  ],
  ['printed by the shell', step('set', /__sm_n/), step('functions __sm_d', /133/), step('env', /HOME=/)],
  [
    'the prompt changed',
    step("function fish_prompt; echo 'new> '; end"),
    step('false', '', 1),
    step('echo x', 'x\n'),
  ],
  ['a pipe of a block', step('begin; echo a; echo b; end | cat', 'a\nb\n')],
  ['a background job', step('sleep 0.01 &; wait', /^[\s\S]*$/)],
]

/** What is to be tried in a shell. */
export function scenariosOf(shell: Shell): Scenario[] {
  const own = { bash: [...BASH_ZSH, ...BASH], zsh: [...BASH_ZSH, ...ZSH], fish: FISH, dash: [], ash: [] }[
    shell
  ]
  return [...COMMON, ...(shell === 'fish' ? [] : POSIX), ...own]
}

/** Texts that are not complete; fish calls them syntax errors. */
export const OPEN = [
  "echo 'a",
  'echo "a',
  'cat <<X\na',
  'echo $(',
  '(echo a',
  'for i in 1; do',
  'f() {',
  'true &&',
  'echo a \\',
]
