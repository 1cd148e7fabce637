import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { armingExchange } from '../../src/shell/arming.js'
import type { ShellKind } from '../../src/shell/kinds.js'
import { RealShell } from '../unit/shell/real-shell.js'

const POSIX: ShellKind[] = ['bash', 'zsh', 'dash', 'ash', 'ksh']
const ALL: ShellKind[] = [...POSIX, 'fish']

const open: RealShell[] = []
afterEach(() => {
  for (const shell of open.splice(0)) shell.close()
})

async function armed(kind: ShellKind, rc = '', env: Record<string, string> = {}): Promise<RealShell> {
  const shell = new RealShell(kind, rc, env)
  open.push(shell)
  await shell.prompt()
  await shell.arm()
  return shell
}

/** What a text gave, in short. */
async function gives(shell: RealShell, text: string): Promise<[number, string]> {
  const { status, output } = await shell.run(text)
  return [status, output]
}

const LONG = 'x'.repeat(40_000)
const MANY = Array.from({ length: 1500 }, (_, i) => `v${i}=value-${i}-of-many`).join('\n')

type Case = [text: string, status: number, output: string]

const COMMANDS: Case[] = [
  ['true', 0, ''],
  ['false', 1, ''],
  ['printf "no end"', 0, 'no end'],
  ['echo \'a"b\' "c\'d"', 0, 'a"b c\'d\n'],
  ["echo behind # a comment with an open '", 0, 'behind\n'],
  ['echo a!b "!!" !x ^', 0, 'a!b !! !x ^\n'],
  ['echo "ü → 😀"', 0, 'ü → 😀\n'],
  ["printf 'a\tb'", 0, 'a\tb'],
  ["printf '\x01\x1b[1m\x03\x04\x7f|'", 0, '\x01\x1b[1m\x03\x04\x7f|'],
  ['echo one\necho two\necho three', 0, 'one\ntwo\nthree\n'],
  ['echo first\n\n\nfalse\n\n', 1, 'first\n'],
  [`printf %s ${LONG} | wc -c | tr -d ' '`, 0, '40000\n'],
  [`echo '${LONG}ü' | wc -c | tr -d ' '`, 0, '40003\n'],
]

const POSIX_COMMANDS: Case[] = [
  ['(exit 7)', 7, ''],
  ['cat <<X\na $((1+1)) "q\n\ttab\nX', 0, 'a 2 "q\n\ttab\n'],
  ['for i in 1 2 3\ndo\n  echo $i\ndone', 0, '1\n2\n3\n'],
  ["if true; then\necho yes # no end'\nfi", 0, 'yes\n'],
  [`${MANY}\necho $v1499`, 0, 'value-1499-of-many\n'],
  ['echo $((40 + 2)) `echo x` ${HOME:+h}', 0, '42 x h\n'],
  ['printf "%s " \\\\ "\\$x" \'\\n\'', 0, '\\ $x \\n '],
]

const FISH_COMMANDS: Case[] = [
  ['function s; return 7; end; s', 7, ''],
  ['for i in 1 2 3\n  echo $i\nend', 0, '1\n2\n3\n'],
  ["if true\necho yes # no end'\nend", 0, 'yes\n'],
  [`${MANY.replaceAll(/(v\d+)=/g, 'set $1 ')}\necho $v1499`, 0, 'value-1499-of-many\n'],
  ['printf "%s " \\\\ "\\$x" \'\\n\'', 0, '\\ $x \\n '],
]

describe.each(ALL)('in %s', (kind) => {
  const fish = kind === 'fish'

  it('commands of every form give their status and nothing but their output', async () => {
    const shell = await armed(kind)
    for (const [text, status, output] of [...COMMANDS, ...(fish ? FISH_COMMANDS : POSIX_COMMANDS)]) {
      expect([text.slice(0, 60), ...(await gives(shell, text))]).toEqual([text.slice(0, 60), status, output])
    }
    expect((await gives(shell, fish ? 'echo "' : 'fi\n# two lines'))[0]).not.toBe(0)
    expect(await gives(shell, 'echo fine')).toEqual([0, 'fine\n'])
    expect((await shell.run('sleep 0.01 &')).status).toBe(0)
  })

  it('they run in the shell itself, and see the status of the one before', async () => {
    const shell = await armed(kind)
    expect((await shell.run('cd /usr')).cwd).toBe('/usr')
    await shell.run(fish ? 'set x ü5' : 'x=ü5')
    await shell.run('alias zed="echo zed"')
    await shell.run(fish ? 'function nine; return 9; end' : 'nine() {\nreturn 9\n}')
    expect(await gives(shell, 'echo $x $PWD')).toEqual([0, 'ü5 /usr\n'])
    expect(await gives(shell, 'zed x')).toEqual([0, 'zed x\n'])
    const status = fish ? 'echo $status' : 'echo $?'
    for (const form of [status, `${status} '→'`]) {
      await shell.run('nine')
      expect((await gives(shell, form))[1]).toMatch(/^9/)
    }
    if (kind === 'bash' || kind === 'zsh') {
      await shell.run('declare -A map=([a]=1)\nreadonly r=2 # !')
      expect(await gives(shell, 'echo ${map[a]} $r')).toEqual([0, '1 2\n'])
    }
  })

  it('Ctrl-C ends a command, and input goes to the one that reads', async () => {
    const shell = await armed(kind)
    const sleep = await shell.send('sh -c "echo here; exec sleep 20"')
    await shell.until(/here\r\n/)
    expect((await shell.interrupt(sleep.from, sleep.fed)).status).toBe(kind === 'ksh' ? 258 : 130)
    const cat = await shell.send('echo ü; cat')
    await shell.until(/\x07\xc3\xbc\r\n/)
    await shell.type('typed\r\x04')
    expect((await shell.finished(cat.from, cat.fed)).output).toBe('ü\ntyped\ntyped\n')
    const feed = shell.sending('echo "ü"')
    if (feed.form !== 'fed') throw new Error('not fed')
    const from = shell.printed.length
    await shell.type(feed.line)
    await shell.until(shell.mark('I'))
    await shell.interrupt(from, true)
    // ksh flushes its terminal a while after a Ctrl-C, with what was typed behind it, and says nothing of that.
    if (kind === 'ksh') return
    expect(await gives(shell, 'stty -a | command grep -o -e " -*echo "')).toEqual([0, ' echo \n'])
  })

  it('arming is not seen, keeps the status, and can be repeated', async () => {
    const shell = new RealShell(kind)
    open.push(shell)
    await shell.prompt()
    await shell.type(fish ? 'function f; return 7; end; f; set READ Y\r' : 'f() { return 7; }; READ=Y; f\r')
    const first = await shell.arm('nonce1')
    expect([first.status, first.count, first.cwd]).toEqual([7, 1, shell.home])
    expect(shell.printed).not.toContain('__sm_d()')
    expect(shell.printed.slice(shell.printed.lastIndexOf('READ')).length).toBeLessThan(2500)
    expect(await gives(shell, fish ? 'echo $status' : 'echo $?')).toEqual([0, '7\n'])
    await shell.run('f')
    const second = await shell.arm('nonce2')
    expect([second.status, shell.traits]).toEqual([7, ['again']])
    const from = shell.printed.length
    await shell.run('true')
    expect(shell.printed.slice(from).match(/133;D;/g)).toHaveLength(1)
    expect(await gives(shell, 'stty -a | command grep -o -e " -*echo "')).toEqual([0, ' echo \n'])
  })

  it('what was printed before, or is shown of the shell, is never a new mark', async () => {
    const shell = await armed(kind)
    await shell.run('true')
    writeFileSync(join(shell.home, 'record'), shell.printed, 'latin1')
    expect((await shell.run('cat record; false')).status).toBe(1)
    expect((await shell.run('cat record record')).count).toBe(4)
    const from = shell.printed.length
    const shows = fish
      ? 'set; functions __sm_d __sm_c __sm_in; env'
      : 'set; env; echo "$PS1"; echo "$PS2"; printf "%s\\n" "$PS1" "$PS2"'
    await shell.run(
      kind === 'bash' || kind === 'zsh' ? `${shows}; typeset -f; declare -p; echo "$PS0"` : shows,
    )
    const marks = shell.printed.slice(from).match(/\x1b\]133;[A-Z](;\d+)?;n=\w+;k=\d+(;[^\x07]*)?\x07/g) ?? []
    // The B of the prompt before may come late: fish takes input before it shows its prompt.
    expect(marks.map((mark) => mark[6]).join('')).toMatch(fish ? /^B?C{1,2}DAB?$/ : /^C{1,2}DAB?$/)
  })
})

describe('text that is not finished', () => {
  it.each(['bash', 'zsh', 'dash', 'ash'] as const)('makes %s ask for more', async (kind) => {
    const shell = await armed(kind)
    const { from } = await shell.send("echo 'open", true)
    await shell.until(shell.mark('P'))
    await shell.type("rest'\r")
    expect((await shell.finished(from, false)).output).toContain('open\nrest\n')
    const quoted = await shell.send('cat <<X\nline', true)
    await shell.until(shell.mark('P'))
    const { status } = await shell.interrupt(quoted.from)
    if (kind !== 'zsh') expect(status).toBe(130) // zsh leaves it as it was
    expect(await gives(shell, 'echo fine')).toEqual([0, 'fine\n'])
  })
})

const OPTIONS: Partial<Record<ShellKind, string[]>> = {
  bash: [
    'set -u',
    'set -e',
    'set -o posix',
    'set -o noclobber',
    'IFS=0123456789nsm_',
    'set -o vi',
    'stty -ixon',
    'shopt -u promptvars',
    'alias printf=no head=no eval=no unset=no',
    'readonly PROMPT_COMMAND=:',
    'trap "echo ERR" ERR',
    'trap : DEBUG',
    'bind "set enable-bracketed-paste off"',
    'set +o emacs',
    'PROMPT_COMMAND=(": a" ": b # c")',
    'PROMPT_COMMAND="PS1=\'> \';"',
    'PROMPT_COMMAND=": # c"',
    'set -euo pipefail; set -o nounset',
    'unset PROMPT_COMMAND PS2',
    'PS0="\\e[0m"',
    "PS1='a\\nb \\$ '",
    'starship() { PS1="> $(date +%s%N) "; }; PROMPT_COMMAND=starship',
  ],
  zsh: [
    'setopt ksh_arrays sh_word_split no_nomatch nounset',
    'set -e',
    'emulate sh',
    'emulate ksh',
    'setopt noclobber',
    'IFS=0123456789nsm_',
    'bindkey -v',
    'alias printf=no head=no eval=no unset=no; alias -g local=no',
    'precmd() { print extra }',
    'precmd() { PS1="> " }',
    'setopt correct_all',
    'setopt interactive_comments',
    'autoload -Uz bracketed-paste-magic; zle -N bracketed-paste bracketed-paste-magic',
    'unset zle_bracketed_paste',
    'PROMPT_EOL_MARK=',
    'setopt prompt_subst; RPROMPT="%T"; PROMPT=$\'one\\n$(echo two)> \'',
    'setopt warn_create_global',
  ],
  dash: [
    'set -u',
    'set -e',
    'set -C',
    'IFS=0123456789nsm_',
    'alias printf=no head=no eval=no',
    "PS1='$(pwd) '",
    'unset PS1 PS2',
  ],
  fish: [
    'alias head="head -q"',
    "function fish_prompt; echo -n '> '; end",
    'fish_vi_key_bindings',
    'function fish_right_prompt; date; end',
  ],
}
OPTIONS.ash = [...(OPTIONS.dash as string[]), "PS1='\\u@\\h:\\w\\$ '"]
OPTIONS.ksh = OPTIONS.dash as string[]

describe.each(ALL)('whatever is set in %s', (kind) => {
  it.each(OPTIONS[kind] as string[])('%s', async (setting) => {
    const shell = await armed(kind, `${setting}\n`)
    expect((await shell.run('true')).status).toBe(0)
    expect(await gives(shell, '\\printf abc; true')).toEqual([0, 'abc'])
    expect(await gives(shell, 'echo "ü"')).toEqual([0, 'ü\n'])
    expect(await gives(shell, "echo 'two\nlines'; echo end")).toEqual([0, 'two\nlines\nend\n'])
    if (!setting.includes('-e')) expect((await shell.run('false')).status).toBe(1)
  })
})

const PRINTING: [ShellKind, string][] = [
  ['bash', "set -T; trap 'echo touch never' RETURN"],
  ['bash', 'set -T; trap \'echo touch never; echo "$BASH_COMMAND"\' DEBUG; true'],
  ['bash', "set -E; trap 'echo touch never' ERR"],
  ['bash', "trap 'echo touch never' EXIT"],
  ['zsh', "trap 'echo touch never; print -r -- $ZSH_DEBUG_CMD' DEBUG; true"],
  ['zsh', 'TRAPEXIT() { echo touch never }'],
  ['zsh', 'TRAPZERR() { echo touch never }'],
  ['zsh', "alias -g head='echo touch never'"],
  ['dash', "trap 'echo touch never' EXIT"],
  ['ash', "trap 'echo touch never' EXIT"],
  ['fish', 'function head; echo touch never; end; alias tr head'],
  ['fish', 'function __trap --on-event fish_exit; echo touch never; end'],
]

describe('what people have printed on the way is never run', () => {
  it.each(PRINTING)('in %s by %s', async (kind, setting) => {
    // What a DEBUG trap prints would get into the setting up.
    const later = setting.includes('DEBUG')
    const shell = await armed(kind, later ? '' : `${setting}\n`)
    if (later) await shell.run(setting)
    const failing = kind === 'fish' ? 'sh -c "exit 3"' : '(exit 3)'
    for (const text of [`echo 'ü'; ${failing}`, `echo 'ü\x01'; ${failing}`]) {
      const { status, output } = await shell.run(text)
      expect(status).toBe(3)
      expect(output).toMatch(/(^|\n)ü/)
      expect(output).not.toContain('not found')
    }
    expect(existsSync(join(shell.home, 'never'))).toBe(false)
    if (setting.startsWith('TRAP'))
      expect((await shell.run('functions')).output).toContain(setting.slice(0, 8))
    else if (/\btrap '/.test(setting)) expect((await shell.run('trap')).output).toContain('touch never')
    const [, option] = /^set -([TE])/.exec(setting) ?? []
    if (option) expect((await shell.run('echo "$-"')).output).toContain(option)
  })
})

describe('a directory with a backslash is told exactly, or not at all', () => {
  it.each(ALL)('in %s', async (kind) => {
    const shell = await armed(kind)
    mkdirSync(join(shell.home, 'a\\wb'))
    const { cwd } = await shell.run("cd 'a\\wb'")
    expect(cwd).toBe(kind === 'ash' ? '' : `${shell.home}/a\\wb`)
    expect((await shell.run('cd ..')).cwd).toBe(shell.home)
  })
})

describe('a syntax error is told of, and nothing else', () => {
  it.each(['bash', 'zsh', 'fish', 'dash', 'ash'] as const)('in %s', async (kind) => {
    const shell = await armed(kind)
    for (const text of ["echo 'ü' )", "echo 'ü'\necho b )"]) {
      const { status, output } = await shell.run(text)
      expect(status).not.toBe(0)
      expect(output).toMatch(/^(ü\n)?.*(error|Unexpected)/)
    }
  })
})

const LOSSES: Record<ShellKind, string[]> = {
  bash: [
    'PROMPT_COMMAND=',
    'unset PROMPT_COMMAND',
    'unset -f __sm_d __sm_b',
    'PROMPT_COMMAND=(:); PS1=; PS0=; PS2=',
  ],
  zsh: [
    'precmd_functions=() preexec_functions=()',
    'unfunction __sm_d',
    'precmd_functions=(); precmd() { : }; PS1=',
  ],
  // Not unset PS1: dash prints what stands in memory then, whose backquotes, if it has any, set the exit status.
  dash: ['PS1="> "', 'PS1= PS2=; unset -f __sm_c __sm_in'],
  ash: ['PS1="> "', 'unset PS1', 'PS1= PS2=; unset -f __sm_c __sm_in'],
  ksh: ['PS1="> "', 'unset PS1', 'PS1= PS2=; unset -f __sm_c __sm_in'],
  fish: ['functions -e __sm_d', 'functions -e __sm_c __sm_d __sm_o __sm_in'],
}

describe.each(ALL)('armed again in %s, the status is exact after', (kind) => {
  it.each(LOSSES[kind])('%s', async (loss) => {
    const shell = await armed(kind)
    await shell.run(kind === 'fish' ? 'function seven; return 7; end' : 'seven() {\nreturn 7\n}')
    await shell.send(kind === 'fish' ? `${loss}; echo GO""NE; seven` : `${loss}\necho GO""NE\nseven`)
    await shell.until(/GONE\r\n/)
    expect((await shell.arm('nonce2')).status).toBe(7)
    const from = shell.printed.length
    expect(await gives(shell, 'echo ü')).toEqual([0, 'ü\n'])
    expect(shell.printed.slice(from).match(/133;D;/g)).toHaveLength(1)
  })
})

describe('history', () => {
  it('in bash keeps neither the arming nor what feeds a command', async () => {
    const shell = await armed('bash', 'HISTCONTROL= HISTTIMEFORMAT="%F "; HISTFILE=~/h; alias history=no\n')
    await shell.run('echo one')
    await shell.run('echo "ü"')
    await shell.arm('nonce2')
    const { output } = await shell.run('\\history')
    expect(output.replaceAll(/\d[\d-]*/g, 'N').split('\n')).toEqual([
      '    N  N echo READ""Y',
      '    N  N echo one',
      '    N  N \\history',
      '',
    ])
  })

  it('in zsh and fish does not where a leading blank is enough', async () => {
    const zsh = await armed('zsh', 'setopt hist_ignore_space\n')
    expect((await zsh.run('fc -l 1')).output).toMatch(/^ +1 +echo READ""Y\n$/)
    const keeping = await armed('zsh')
    await keeping.run('echo "ü"')
    await keeping.arm('nonce2')
    expect((await keeping.run('fc -l 2')).output).toMatch(/^ +2 +__sm=.*nonce0000001.*\n$/)
    const fish = await armed('fish')
    expect((await fish.run('history | command cat')).output).toBe('echo READ""Y\n')
  })
})

describe('a shell whose prompt is readonly', () => {
  it.each(['bash', 'zsh', 'dash', 'ksh'] as const)('is left alone: %s', async (kind) => {
    const shell = new RealShell(kind, 'readonly PS1\n')
    open.push(shell)
    await shell.prompt()
    await shell.exchange(armingExchange(kind, 'nonce1'))
    await shell.type('echo ALI""VE; set\r')
    await shell.until(/ALIVE\r\n/)
    await shell.type('echo DO""NE\r')
    await shell.until(/DONE\r\n/)
    expect(shell.printed).not.toMatch(/133;[DS]|__sm_k/)
  })
})

describe('a prompt that is saved and put back, as virtual environments do', () => {
  it.each(['bash', 'zsh'] as const)('keeps one mark of each kind in %s', async (kind) => {
    const shell = await armed(kind)
    await shell.run('saved=$PS1')
    for (let i = 0; i < 3; i++) {
      await shell.run('PS1="(env) $PS1"')
      await shell.run('PS1=$saved')
    }
    const from = shell.printed.length
    await shell.run('true')
    expect(shell.printed.slice(from).match(/133;B;/g)).toHaveLength(1)
    expect(shell.printed.slice(from)).not.toContain('(env)')
  })
})

it('the forms for plain shells do for bash called sh', async () => {
  const shell = new RealShell('dash', '', {}, ['bash', '--posix'])
  open.push(shell)
  await shell.prompt()
  await shell.arm()
  expect(await gives(shell, 'echo "a!b" !x')).toEqual([0, 'a!b !x\n'])
  expect(await gives(shell, '(exit 7)')).toEqual([7, ''])
})

describe('the look of things', () => {
  it('under set -x nothing of ours is traced into the output', async () => {
    for (const kind of POSIX) {
      const shell = await armed(kind, 'PS4="+ "\nset -x\n')
      expect(await gives(shell, '\\echo hi')).toEqual([
        0,
        kind === 'ash' || kind === 'dash' ? '+ echo hi\nhi\n' : expect.stringMatching(/^\+ .?echo hi\nhi\n$/),
      ])
    }
  })

  it('the blank line of zsh and of fish comes behind D', async () => {
    for (const kind of ['zsh', 'fish'] as const) {
      const shell = await armed(kind)
      expect(await gives(shell, 'printf abc')).toEqual([0, 'abc'])
      expect(shell.printed.slice(shell.printed.lastIndexOf('133;A'))).toMatch(/ {79}/)
    }
  })
})
