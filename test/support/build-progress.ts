/**
 * What `docker compose up` and `docker buildx build` write to a terminal: every tick goes up over what was written
 * last, and writes all of it again with the cursor hidden. The numbers are made up, the sequences are theirs.
 */

const up = (rows: number): string => '\x1b[1A'.repeat(rows)
const row = (left: string, right: string, cols: number): string =>
  `${left.padEnd(cols - right.length - 1)} ${right}\r\n`
const dyed = (colour: number, text: string): string => `\x1b[${colour}m${text}\x1b[0m`
const HIDE = '\x1b[?25l'
const SHOW = '\x1b[?25h'
const BLUE = 34
const WHITE = 37

/** Back to the first row of what was written before; nothing was before the first tick. */
const back = (rowsBefore: number | null): string =>
  `${rowsBefore === null ? '\x1b[1A\x1b[1B' : up(rowsBefore + 1)}\x1b[0G${HIDE}`

const SERVICES = ['Network app_default', 'Volume "app_data"', 'Container app-db-1', 'Container app-web-1']

/** Services that start one after another; the first line turns blue when all are there. */
export function composeUp(cols: number): Buffer {
  const ticks: string[] = ['$ docker compose up -d\r\n']
  let before: number | null = null
  for (let tick = 0; tick <= 24; tick++) {
    const known = SERVICES.slice(0, 1 + Math.floor(tick / 5))
    const done = known.filter((_, index) => tick >= 5 * index + 4).length
    const title = `[+] Running ${done}/${known.length}`
    const rows = known.map((name, index) => {
      const ready = tick >= 5 * index + 4
      const text = `  ${ready ? '✔' : '⠋⠙⠹⠸⠼'[tick % 5]} ${name.padEnd(24)} ${ready ? 'Started' : 'Starting'}`
      return dyed(ready ? BLUE : WHITE, row(text, `${((tick - 5 * index) / 10).toFixed(1)}s`, cols))
    })
    ticks.push(back(before), done === SERVICES.length ? dyed(BLUE, title) : title, '\r\n', ...rows, SHOW)
    before = rows.length
  }
  return Buffer.from(`${ticks.join('')}$ `)
}

const STEPS = [
  '[internal] load build definition from Dockerfile',
  '[internal] load metadata for example.org/node:20',
  '[1/4] FROM example.org/node:20@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31',
  '[2/4] WORKDIR /srv/app',
  '[3/4] COPY . .',
  '[4/4] RUN npm ci',
  'exporting to image',
]

/** A step with the newest lines of its log below it; rows that are not needed any more are blanked and left. */
export function buildkit(cols: number): Buffer {
  const ticks: string[] = ['$ docker build .\r\n']
  let before: number | null = null
  for (let tick = 0; tick <= STEPS.length * 6; tick++) {
    const finished = tick === STEPS.length * 6
    const done = Math.floor(tick / 6)
    const rows: string[] = []
    for (const [index, step] of STEPS.slice(0, done + 1).entries()) {
      const text = ` => ${index === 3 ? 'CACHED ' : ''}${step}`.slice(0, cols - 8)
      const line = row(text, `${((tick - 6 * index) / 10).toFixed(1)}s`, cols)
      rows.push(index < done ? dyed(BLUE, line) : line)
      if (index === 5 && index === done)
        for (let log = Math.max(0, (tick % 6) - 3); log < tick % 6; log++)
          rows.push(dyed(2, ` => => # npm notice line ${log} of the log of this step\r\n`))
    }
    const title = `[+] Building ${(tick / 10).toFixed(1)}s (${done}/${STEPS.length}) ${finished ? 'FINISHED' : ''}`
    ticks.push(back(before), row(title, 'docker:default', cols), ...rows)
    const spare: number = (before ?? 0) - rows.length
    if (spare > 0) ticks.push(`${' '.repeat(cols)}\r\n`.repeat(spare), up(spare), '\x1b[0G')
    ticks.push(SHOW)
    before = rows.length
  }
  return Buffer.from(`${ticks.join('')}$ `)
}
