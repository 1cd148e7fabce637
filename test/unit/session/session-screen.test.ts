import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TranscriptFile } from '../../../src/platform/transcript-file.js'
import { Recorder } from '../../../src/session/recorder.js'
import { SessionScreen } from '../../../src/session/session-screen.js'
import { LiveStream } from '../../../src/terminal/live-stream.js'
import { SizeHistory } from '../../../src/terminal/sizes.js'

const MB = 1024 * 1024
const SIZE = { cols: 20, rows: 5 }

let directory: string
let recorder: Recorder
let screen: SessionScreen

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sm-'))
  const file = TranscriptFile.create(join(directory, 'transcript.log'))
  const options = { file, onRecorded: () => {}, onBlocked: () => {} }
  recorder = new Recorder(options, new LiveStream(), undefined, new SizeHistory(SIZE))
  screen = new SessionScreen(recorder)
})

afterEach(() => {
  screen.forget()
  recorder.file.close()
  rmSync(directory, { recursive: true, force: true })
})

const record = (text: string): void => recorder.record(Buffer.from(text))

/** A log of at least so many bytes. */
function recordLog(bytes: number): void {
  const lines = Array.from({ length: 6000 }, (_, i) => `line ${i}\r\n`).join('')
  for (let left = bytes; left > 0; left -= lines.length) record(lines)
}

/** The lines of a session's screen, and whether they are only approximate. */
async function look(): Promise<{ lines: string[]; approximate: boolean }> {
  const { lines, approximate } = await screen.drawn()
  return { lines: lines.filter((line) => line !== ''), approximate }
}

const exactly = (...lines: string[]) => ({ lines, approximate: false })
const roughly = (...lines: string[]) => ({ lines, approximate: true })
const LOG_END = ['line 5996', 'line 5997', 'line 5998', 'line 5999']

describe('SessionScreen', () => {
  it('draws what has come, and goes on from there', async () => {
    expect(await look()).toEqual(exactly())
    record('one\r\n')
    expect(await look()).toEqual(exactly('one'))
    record('tw')
    record('o')
    expect(await look()).toEqual(exactly('one', 'two'))
  })

  it('serves calls at once one after another, without drawing anything twice', async () => {
    record('a')
    const both = Promise.all([look(), look()])
    expect(await both).toEqual([exactly('a'), exactly('a')])
  })

  it('leaves out what is hidden', async () => {
    record('$ ')
    recorder.hide()
    record('a line that sets up the shell\r\n')
    expect(await look()).toEqual(exactly('$'))
    const end = recorder.state.offset
    record('$ ls')
    recorder.show(end)
    expect(await look()).toEqual(exactly('$ $ ls'))
  })

  it('draws each part at the size that the terminal had', async () => {
    record('x'.repeat(25))
    recorder.sizes.resized(recorder.state.offset, { cols: 40, rows: 3 })
    record(`\r\n${'y'.repeat(40)}`)
    expect(await screen.drawn()).toMatchObject({ cols: 40, rows: 3 })
    expect((await look()).lines.at(-1)).toBe('y'.repeat(40))
    recorder.sizes.resized(recorder.state.offset, { cols: 10, rows: 2 })
    expect(await screen.drawn()).toMatchObject({ cols: 10, rows: 2 })
  })

  it('draws a long log from near its end, and says so', async () => {
    recordLog(9 * MB)
    expect(await look()).toEqual(roughly(...LOG_END))
    record('\x1b[H\x1b[2Jclear')
    expect(await look()).toEqual(exactly('clear'))
  })

  it('draws a log of a few megabytes from its beginning', async () => {
    recordLog(3 * MB)
    expect(await look()).toEqual(exactly(...LOG_END))
  })

  it('draws a full-screen program exactly, whatever came before it', async () => {
    recordLog(9 * MB)
    record('\x1b[?1049h\x1b[H~ vim')
    expect(await look()).toEqual(exactly('~ vim'))
    expect(await screen.drawn()).toMatchObject({ alternate: true })
    record('\x1b[?1049l$ ')
    const { lines, approximate } = await look()
    expect(approximate).toBe(true)
    expect(lines.slice(0, -1)).toEqual(LOG_END)
  })

  it('draws it exactly for a later daemon too, that has not seen the stream', async () => {
    recordLog(9 * MB)
    record('\x1b[?1049h\x1b[H~ vim')
    const { offset, units, fresh } = recorder.state
    const { file } = recorder
    const live = new LiveStream(offset, units, JSON.parse(JSON.stringify(fresh)))
    const later = new Recorder({ file, onRecorded: () => {}, onBlocked: () => {} }, live)
    screen = new SessionScreen(later)
    expect(await look()).toEqual(exactly('~ vim'))
  })

  it('draws from the newest clear, if all is too long', async () => {
    recordLog(9 * MB)
    record('\x1b[2;3r\x1b[H\x1b[J1\r\n2\r\n3\x1b[3;1H\n\nx')
    expect(await look()).toEqual(exactly('1', 'x'))
  })

  it('goes on with what a cancelled call has drawn', async () => {
    recordLog(3 * MB)
    const abort = new AbortController()
    const cancelled = screen.drawn(abort.signal)
    setImmediate(() => abort.abort())
    await expect(cancelled).rejects.toThrow('abort')
    expect(await look()).toEqual(exactly(...LOG_END))
  })

  it('lets go of what it has drawn, and draws it again', async () => {
    record('one')
    await look()
    screen.forget()
    record('two')
    expect(await look()).toEqual(exactly('onetwo'))
  })

  it('says that a transcript is gone', async () => {
    record('one')
    recorder.file.close()
    rmSync(recorder.file.path)
    await expect(look()).rejects.toThrow('has been removed')
  })

  it('draws what costs too much from nearer, so that no call takes minutes', {
    timeout: 30_000,
  }, async () => {
    record('old\r\n')
    record('a\x1b[999S'.repeat(600_000))
    record('\rnew')
    expect(await look()).toEqual(roughly('new'))
    // Behind a clear it is known again what shows.
    record(`\x1b[H\x1b[2J${'a\x1b[999S'.repeat(5000)}\rnewer`)
    expect(await look()).toEqual(exactly('newer'))
  })
})
