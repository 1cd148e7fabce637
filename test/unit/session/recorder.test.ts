import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  CHECKPOINT_BYTES,
  DISK_GIVE_UP_MS,
  DISK_RETRY_MS,
  MAX_BACKLOG_BYTES,
} from '../../../src/common/limits.js'
import { TranscriptFile } from '../../../src/platform/transcript-file.js'
import { Recorder } from '../../../src/session/recorder.js'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'recorder-'))
  path = join(directory, 'transcript.log')
  vi.useFakeTimers()
  // A disk that refuses is told of in the log.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  rmSync(directory, { recursive: true, force: true })
})

/** A recorder on a real file, on a disk that has `room` for so many bytes more. */
function recording(room = Number.MAX_SAFE_INTEGER) {
  const file = TranscriptFile.create(path)
  const disk = { room }
  const append = file.append.bind(file)
  vi.spyOn(file, 'append').mockImplementation((bytes) => {
    if (disk.room === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    const written = append(bytes.subarray(0, disk.room))
    disk.room -= written
    return written
  })
  const told: string[] = []
  const blocked: boolean[] = []
  const recorder = new Recorder({
    file,
    onRecorded: (bytes) => {
      // Nobody may hear of what is not in the file.
      expect(readFileSync(path, 'utf8')).toContain(bytes.toString())
      told.push(bytes.toString())
    },
    onBlocked: (now) => blocked.push(now),
  })
  return { recorder, disk, told, blocked, written: () => readFileSync(path, 'utf8') }
}

describe('Recorder', () => {
  it('writes before it tells', () => {
    const { recorder, told, blocked, written } = recording()
    recorder.record(Buffer.from('one'))
    recorder.record(Buffer.from('two'))
    expect(written()).toBe('onetwo')
    expect(told).toEqual(['one', 'two'])
    expect(blocked).toEqual([])
    expect(recorder.state).toMatchObject({ offset: 6, units: 6 })
  })

  it('keeps what the disk does not take, makes the source wait, and goes on when there is room', () => {
    const { recorder, disk, told, blocked, written } = recording(2)
    recorder.record(Buffer.from('one'))
    recorder.record(Buffer.from('two'))
    expect([written(), told.join(''), blocked]).toEqual(['on', 'on', [true]])
    expect(recorder.state.offset).toBe(2)
    vi.advanceTimersByTime(10 * DISK_RETRY_MS)
    expect(blocked).toEqual([true])
    disk.room = 1000
    vi.advanceTimersByTime(DISK_RETRY_MS)
    expect([written(), told.join(''), blocked]).toEqual(['onetwo', 'onetwo', [true, false]])
    expect(recorder.gaps).toEqual([])
    recorder.record(Buffer.from('!'))
    expect(written()).toBe('onetwo!')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps a copy, for the buffer is used again', () => {
    const { recorder, disk, written } = recording(0)
    const buffer = Buffer.from('one')
    recorder.record(buffer)
    buffer.fill('x')
    disk.room = 1000
    vi.advanceTimersByTime(DISK_RETRY_MS)
    expect(written()).toBe('one')
  })

  it('takes a disk that has room for a part at a time', () => {
    const { recorder, disk, blocked, written } = recording(0)
    recorder.record(Buffer.from('abcdef'))
    for (let i = 0; i < 3; i++) {
      disk.room = 2
      vi.advanceTimersByTime(DISK_RETRY_MS)
    }
    expect([written(), blocked]).toEqual(['abcdef', [true, false]])
  })

  it('gives up after a minute, and remembers how much is missing where', () => {
    const { recorder, disk, told, blocked, written } = recording(1)
    recorder.record(Buffer.from('abc'))
    vi.advanceTimersByTime(DISK_GIVE_UP_MS + 2 * DISK_RETRY_MS)
    expect(recorder.gaps).toEqual([{ offset: 1, lost_bytes: 2 }])
    expect(blocked).toEqual([true, false])
    disk.room = 1000
    recorder.record(Buffer.from('def'))
    expect([written(), told.join('')]).toEqual(['adef', 'adef'])
    expect(recorder.gaps).toEqual([{ offset: 1, lost_bytes: 2 }])
  })

  it('does not make the source wait again for a disk that it has given up', () => {
    const { recorder, blocked } = recording(0)
    recorder.record(Buffer.from('abc'))
    vi.advanceTimersByTime(DISK_GIVE_UP_MS + 2 * DISK_RETRY_MS)
    recorder.record(Buffer.from('de'))
    recorder.record(Buffer.from('f'))
    expect(recorder.gaps).toEqual([{ offset: 0, lost_bytes: 6 }])
    expect(blocked).toEqual([true, false])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives up at once when it is told to, and only on what was not written', () => {
    const { recorder, blocked } = recording(2)
    recorder.giveUp()
    expect(recorder.gaps).toEqual([])
    recorder.record(Buffer.from('abc'))
    recorder.giveUp()
    expect(recorder.gaps).toEqual([{ offset: 2, lost_bytes: 1 }])
    expect(blocked).toEqual([true, false])
  })

  it.each([
    ['in many pieces', 16 * 1024],
    ['in pieces that do not fill it exactly', 10_000],
    ['in one piece', 2 * MAX_BACKLOG_BYTES],
  ])('counts every byte that its memory could not hold: %s', (_, size) => {
    const { recorder } = recording(0)
    let given = 0
    while (given < 2 * MAX_BACKLOG_BYTES) {
      recorder.record(Buffer.alloc(size, 'x'))
      given += size
    }
    recorder.giveUp()
    expect(recorder.gaps.reduce((sum, gap) => sum + gap.lost_bytes, 0)).toBe(given)
  })

  it('blocks again, and makes a second gap, when the disk fills a second time', () => {
    const { recorder, disk, blocked } = recording(0)
    recorder.record(Buffer.from('abc'))
    recorder.giveUp()
    disk.room = 2
    recorder.record(Buffer.from('de'))
    recorder.record(Buffer.from('f'))
    expect(blocked).toEqual([true, false, true])
    recorder.giveUp()
    expect(recorder.gaps).toEqual([
      { offset: 0, lost_bytes: 3 },
      { offset: 2, lost_bytes: 1 },
    ])
  })

  it('remembers places between characters only', () => {
    const { recorder } = recording()
    const half = Buffer.alloc(CHECKPOINT_BYTES + 1, 'x')
    half[CHECKPOINT_BYTES] = 0xc3
    recorder.record(half)
    expect(recorder.checkpoints.before(Number.MAX_SAFE_INTEGER).offset).toBe(0)
    recorder.record(Buffer.from([0xa9]))
    expect(recorder.checkpoints.before(Number.MAX_SAFE_INTEGER)).toEqual({
      offset: CHECKPOINT_BYTES + 2,
      units: CHECKPOINT_BYTES + 1,
    })
  })
})
