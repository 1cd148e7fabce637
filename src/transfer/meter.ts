/** How often what has arrived is measured, in milliseconds; a large tree takes its time to look through, and is so less often. */
const EVERY_MS = 1000
const SHARE = 5

/** Follows how much of a transfer has arrived, in words. */
export class Meter {
  line: string | null = null
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  #last = { bytes: 0, at: performance.now() }
  readonly #measure: () => Promise<number>
  readonly #total: number | null

  /** @param measure tells the bytes that have arrived @param total bytes there will be, null where nobody knows */
  constructor(measure: () => Promise<number>, total: number | null) {
    this.#measure = measure
    this.#total = total
    this.#later(EVERY_MS)
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  #later(ms: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), ms).unref()
  }

  async #look(): Promise<void> {
    const began = performance.now()
    const bytes = await this.#measure().catch(() => null)
    const now = performance.now()
    if (bytes !== null) {
      this.line = progressLine(
        bytes,
        this.#total,
        (bytes - this.#last.bytes) / ((now - this.#last.at) / 1000),
      )
      this.#last = { bytes, at: now }
    }
    this.#later(Math.max(EVERY_MS, SHARE * (now - began)))
  }
}

/** @param rate bytes a second */
function progressLine(bytes: number, total: number | null, rate: number): string {
  const whole = total === null ? '' : ` of ${grouped(total)}`
  const share = total === null || total === 0 ? '' : `, ${Math.min(100, Math.floor((100 * bytes) / total))} %`
  return `${grouped(bytes)}${whole} bytes${share}, ${(Math.max(0, rate) / 1e6).toFixed(1)} MB/s`
}

const grouped = (number: number): string => number.toLocaleString('en-US')
