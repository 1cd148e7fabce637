import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutputTail } from '../../../src/connection/output-tail.js'

describe('OutputTail', () => {
  it('holds the last bytes, however they came', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 25 })), (chunks) => {
        const tail = new OutputTail(10)
        let all = ''
        for (const chunk of chunks) {
          tail.add(Buffer.from(chunk))
          all += chunk
          expect(tail.text).toBe(all.slice(-10))
        }
      }),
    )
  })
})
