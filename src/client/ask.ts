import { connect } from 'node:net'
import type { HelperAnswer, HelperQuestion } from '../common/askpass.js'
import { packageVersion } from '../common/version.js'
import { encodeLine, PROTOCOL, parseWelcome } from '../wire/hello.js'

/** Asks what ssh asks, of whoever started that ssh. Waits as long as it takes: a person may be asked. */
export function askHelperQuestion(path: string, question: HelperQuestion): Promise<HelperAnswer> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(path)
    const end = (): void => {
      const welcome = parseWelcome(received)
      resolve((welcome?.ok && welcome.helper) || { refused: true })
    }
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      received += text
    })
    socket.on('error', end)
    socket.on('end', end)
    socket.write(
      encodeLine({
        hello: 'ssh-mcp',
        protocol: PROTOCOL,
        version: packageVersion(),
        purpose: 'askpass',
        question,
        cwd: '/',
        env: {},
      }),
    )
  })
}
