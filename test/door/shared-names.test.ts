import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKey, sshWithConfig } from '../support/accounts.js'
import { Workplace } from '../support/harness.js'
import { type Sshd, startSshd } from '../support/sshd.js'

/** Names that look alike, and what must not be taken for the same because of it. */
describe('names', () => {
  let sshd: Sshd
  let place: Workplace
  let config: string
  let person: Record<string, string>

  /** The person's ssh, with this configuration. */
  const configured = (text: string): void => writeFileSync(config, text)

  beforeAll(async () => {
    sshd = await startSshd()
    place = new Workplace({ SSH_MCP_TOOLSETS: 'all' })
    const program = sshWithConfig(place.directory, '')
    config = join(program, '../config')
    person = { SSH_MCP_SSH_BIN: program }
  })

  afterAll(async () => {
    await place.close()
    await sshd.stop()
  })

  // `ssh -G` prints both with the same text: the path with its %n.
  it('of one host do not share a connection where a key depends on the name', async () => {
    const ids = join(sshd.directory, 'ids')
    mkdirSync(ids)
    copyFileSync(sshd.identityFile, join(ids, 'one'))
    const two = makeKey(join(ids, 'two'))
    const allowed = join(sshd.directory, 'authorized_keys')
    writeFileSync(
      allowed,
      `${readFileSync(allowed, 'utf8')}command="echo forced" ${readFileSync(`${two}.pub`, 'utf8')}`,
    )
    configured(`Host one two
  HostName 127.0.0.1
  Port ${sshd.port}
  User ${userInfo().username}
  IdentityFile ${ids}/%n
  IdentitiesOnly yes
  UserKnownHostsFile ${sshd.knownHosts}
`)
    const client = await place.client(person)
    const run = (target: string) => client.call('ssh_exec', { target, command: 'echo free' })
    expect(await run('one')).toMatchObject({ stdout: 'free\n' })
    expect(await run('two')).toMatchObject({ stdout: 'forced\n' })
  })

  it('of files of host keys do not take the place of what the person knows', async () => {
    const other = readFileSync(`${makeKey(join(sshd.directory, 'other'))}.pub`, 'utf8')
    const known = join(sshd.directory, 'known_hosts_person')
    const second = join(sshd.directory, 'known_hosts2')
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${other}`)
    configured(`Host *\n  UserKnownHostsFile ${known} ${second}\n`)
    const client = await place.client(person)
    for (const known_hosts_file of [second, join(sshd.directory, 'known_hosts_fresh')]) {
      const result = await client.call('ssh_exec', {
        ...{ ...sshd.connection, known_hosts_file, strict_host_key_checking: 'accept-new' },
        command: 'true',
      })
      expect(result).toMatchObject({ isError: true, error_type: 'connection_failed' })
      expect(result.message).toContain('CHANGED')
    }
  })

  it('of a session are not those of another host behind the same alias', async () => {
    const { identity_file, known_hosts_file } = sshd.connection
    const ask = { identity_file, known_hosts_file, wait_seconds: 5, observer_mode: 'transcript' }
    const named = { ...ask, target: 'box', session_name: 'same' }
    const open = async (host: string) => {
      const directory = join(place.directory, host)
      mkdirSync(directory)
      const about = `Host box\n  HostName ${host}\n  Port ${sshd.port}\n  User ${userInfo().username}\n`
      const client = await place.client({ SSH_MCP_SSH_BIN: sshWithConfig(directory, about) })
      return client.call('ssh_ensure_session', named)
    }
    const first = await open('127.0.0.1')
    const second = await open('127.0.0.2')
    expect(second).toMatchObject({ created: true, reused: false })
    expect(second.session_id).not.toBe(first.session_id)
  })

  it('of the marks of a command are not shown by a shell that traces, or that has another echo', async () => {
    writeFileSync(join(sshd.home, '.bashrc'), 'alias echo="echo -n"; shopt -s expand_aliases; set -x\n')
    writeFileSync(join(sshd.home, '.zshenv'), 'set -x\n')
    const client = await place.client()
    for (const _ of ['not known yet', 'known', 'still']) {
      const facts = await client.call('ssh_exec', { ...sshd.connection, command: 'printf "%s\\n" out' })
      expect(facts.stdout).toBe('out\n')
      expect(facts.stderr).not.toMatch(/^ssh-mcp/m)
    }
  })
})
