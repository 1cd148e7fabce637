import { createHash } from 'node:crypto'
import type { Question } from './question-page.js'

/** Longest texts shown, in characters: a server may ask with as much text as it likes. */
const MAX_PROMPT_CHARS = 4000
const MAX_LINE_CHARS = 300

const STYLE = `
:root { color-scheme: light dark; --back: #f3f4f6; --card: #fff; --text: #16181d; --soft: #5a6070;
  --line: #cfd3dc; --strong: #0b57d0; --on-strong: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --back: #14161a; --card: #1e2127; --text: #eceef2;
  --soft: #a4abb8; --line: #424854; --strong: #8ab4f8; --on-strong: #10131a; --bad: #f2b8b5 } }
* { box-sizing: border-box }
body { margin: 0; padding: 6vh 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 42rem; margin: auto; padding: 1.5rem 2rem 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem }
h1 { margin: 0; font: 600 1.75rem/1.25 ui-monospace, monospace; overflow-wrap: anywhere; overflow: hidden }
p { margin: .75rem 0; overflow-wrap: anywhere }
.soft { color: var(--soft) }
.bad { color: var(--bad); font-weight: 600 }
.prompt { display: block; max-height: 50vh; overflow: auto; padding: .75rem 1rem; background: var(--back);
  border: 1px solid var(--line); border-radius: .5rem; font: .95rem/1.5 ui-monospace, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere }
input { width: 100%; margin-top: .75rem; padding: .6rem .75rem; background: var(--card); color: var(--text);
  border: 1px solid var(--soft); border-radius: .5rem; font: 1.1rem ui-monospace, monospace }
button { margin: .5rem .75rem 0 0; padding: .6rem 1.1rem; background: none; color: var(--text);
  border: 1px solid var(--soft); border-radius: .5rem; font: inherit; cursor: pointer }
button.strong { background: var(--strong); color: var(--on-strong); border-color: var(--strong) }
`

/** The policy under which a page is shown: nothing is loaded, nothing runs, and a form goes back to us only. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/**
 * The page that asks.
 * @param formToken goes back with the answer
 * @param problem what was wrong with an answer before; that answer is not shown again
 */
export function questionPage(question: Question, formToken: string, problem: string | null = null): string {
  return page(`<p class="soft">ssh asks you about the connection to</p>
<h1 dir="ltr">${line(question.target)}</h1>
<p>${line(question.purpose)}</p>
${problem === null ? '' : `<p class="bad" role="alert">${line(problem)}</p>`}
<form method="post" autocomplete="off">
<input type="hidden" name="token" value="${line(formToken)}">
${question.kind === 'secret' ? secretFields(question.prompt) : confirmFields(question.prompt)}
</form>`)
}

/** The page after an answer, or after the person declined to give one. */
export function donePage(sent: boolean): string {
  return page(`<h1>${sent ? 'Sent.' : 'Not answered.'}</h1><p>You can close this window.</p>`)
}

/** The page that opens its own address once more, by which the browser then comes from our own site. */
export function againPage(): string {
  const again = '<meta http-equiv="refresh" content="0">'
  return page('<p>Opening the question of ssh. If nothing happens, <a href="">open it here</a>.</p>', again)
}

function secretFields(prompt: string): string {
  return `<p class="soft">The text in the box may come from the server:</p>
<label class="prompt" dir="ltr" for="answer">${block(prompt)}</label>
<input id="answer" name="answer" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus>
<p>Your answer goes to ssh on this machine only, and to no AI agent.</p>
<button class="strong" name="action" value="send">Send to ssh</button>
<button name="action" value="decline">Do not answer</button>`
}

function confirmFields(prompt: string): string {
  return `<pre class="prompt" dir="ltr">${block(prompt)}</pre>
<p>Compare the fingerprint with one that you have from somebody you trust. If you cannot, answer No.</p>
<p class="soft">Your answer goes to ssh on this machine only. No AI agent can give it for you.</p>
<button name="action" value="yes">Yes, the fingerprint is right</button>
<button name="action" value="no">No</button>`
}

function page(main: string, head = ''): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A question of ssh</title>
<style>${STYLE}</style>${head}
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
}

const line = (text: string): string => escapeHtml(visible(cut(text, MAX_LINE_CHARS)))

/** As `line`, but line ends stay what they are. */
function block(text: string): string {
  const lines = cut(text.trim(), MAX_PROMPT_CHARS).split(/\r?\n/)
  return lines.map((one) => escapeHtml(visible(one))).join('\n')
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text
  // Whole characters only; none is longer than two units.
  const kept = [...text.slice(0, 2 * max)].slice(0, max).join('')
  return kept.length === text.length ? text : `${kept} [… cut here]`
}

/** Shows what would be invisible, look like a space or turn the text around by its number: `<U+202E>`. */
function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\p{DI}\u2800]|(?! )\p{Zs}/gu, (character) => {
    const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
    return `<U+${number.padStart(4, '0')}>`
  })
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
