import { describe, expect, it } from 'vitest'
import { withProgress } from '../../../src/mcp/progress.js'

describe('withProgress', () => {
  it('grows with every report, though several come within a second, and ends with the work', async () => {
    const reports: number[] = []
    let finish = (): void => {}
    const work = new Promise<void>((resolve) => {
      finish = resolve
    })
    const send = (progress: number, message: string): void => {
      expect(message).toBe('no output yet')
      reports.push(progress)
      if (reports.length === 5) finish()
    }
    await withProgress(() => null, work, send, 5)
    expect(reports).toEqual([1, 2, 3, 4, 5])
  })

  it('reports nothing to who did not ask', async () => {
    const look = (): string => expect.fail('nobody wants to know')
    expect(
      await withProgress(look, new Promise((resolve) => setTimeout(() => resolve('done'), 20)), null, 1),
    ).toBe('done')
  })

  it('ends with work that fails', async () => {
    await expect(
      withProgress(
        () => null,
        Promise.reject(new Error('cancelled')),
        () => {},
        1,
      ),
    ).rejects.toThrow('cancelled')
  })
})
