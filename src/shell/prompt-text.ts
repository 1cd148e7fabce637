/** Prompts that hardly anything but a shell shows: `name@host:~$ `, `bash-5.2# `, `/ # `, `$ `. */
const SHELL_PROMPTS = [
  /^(?:\([^()]{1,40}\) ?)?\[?[\w.-]{1,40}@[\w.-]{1,80}[: ][^\r\n]{0,200}[$#%] ?$/u,
  /^(?:-?(?:ba|z|k|mk|da|a)?sh|fish)-?[\d.]*[$#%>] ?$/u,
  /^(?:~|\/)[^\s]{0,200} [$#%] ?$/u,
  /^[$#%] $/u,
]

/** What only a line editor's prompt may look like: routers and databases have such prompts too, but do not switch bracketed paste on. */
const EDITED_PROMPTS = [
  /^[\w.-]{1,40}@[\w.-]{1,80}[: ][^\r\n]{0,200}> ?$/u,
  /^\S{0,80}[^\s\d][$#%] $/u,
  /[❯➜»λ] ?$/u,
]

/** Prompts of programs that are no shells though they look like it: `db=# `, `>>> `, `[edit]` of a router. */
const OTHERS = [/[=\-('"*^!][#>] ?$/u, />>>? $/u, /^\w+> $/u]

/** Whether a line looks like a shell's prompt and like nothing else. */
export function isShellPrompt(line: string, lineEditor: boolean): boolean {
  if (OTHERS.some((other) => other.test(line))) return false
  return [...SHELL_PROMPTS, ...(lineEditor ? EDITED_PROMPTS : [])].some((prompt) => prompt.test(line))
}

const ASKING = [
  /(?:pass(?:word|phrase|code|wd)|\bPIN\b|verification code|one-time|\bOTP\b|\btoken\b)[^\r\n]{0,80}[:：] ?$/iu,
  /[[(] ?(?:yes|y) ?[/|][^\r\n]{0,40}[\])] ?[:?]? ?$/iu,
  /press (?:any key|enter|return|\[enter\])[^\r\n]{0,60}$/iu,
]

/** Whether a line asks for something in words: a password, yes or no, a key. A guess, to be called one. */
export const asksInWords = (line: string): boolean => ASKING.some((asking) => asking.test(line))
