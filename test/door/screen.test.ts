import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeSessions, type Facts } from '../support/harness.js'

describeSessions('the screen', (bench) => {
  const open = async (session_name: string, args: object = {}): Promise<string> =>
    (await bench.client.ensure({ ...bench.sshd.connection, session_name, cols: 60, rows: 12, ...args })).session_id
  const type = (id: string, input: string, args: object = {}): Promise<Facts> =>
    bench.client.write(id, input, { format: 'screen', ...args })
  const press = (session_id: string, ...keys: string[]): Promise<Facts> =>
    bench.client.call('ssh_write_session', { session_id, keys, format: 'screen' })

  it('shows vim', async () => {
    const id = await open('vim')
    const file = join(bench.sshd.directory, 'poem')
    writeFileSync(file, 'one\ntwo 日本語\nthree\n')
    for (const r of [await type(id, `vi ${file}\n`), await press(id, 'Down', 'Down'), await type(id, 'Anew'), await press(id, 'Escape'), await press(id, 'Escape'), await type(id, ':q!\n')])
      console.log(r.output, JSON.stringify({ ...r, output: 0, texts: r.texts.at(-1) }))
    const r = await bench.client.call('ssh_run', { session_id: id, command: 'echo hi', format: 'screen' })
    console.log(r.texts)
  })
})
