import { describe, expect, it } from 'vitest'
import { clientSettings } from '../../../src/common/settings.js'
import { passwordFor } from '../../../src/connection/password.js'
import { parseHostPolicy } from '../../../src/ssh/host-policy.js'
import { parseResolved } from '../../../src/ssh/resolved.js'
import { parseTarget } from '../../../src/ssh/target.js'

interface Given {
  password?: string
  host?: string
  allowed?: string
}

/** @param resolved the name that ssh's configuration has for the target */
function passwordOf(target: string, { password, host, allowed }: Given, resolved?: string): string | null {
  const env = {
    ...(password === undefined ? {} : { SSH_DEFAULT_PASSWORD: password }),
    ...(host === undefined ? {} : { SSH_DEFAULT_HOST: host }),
  }
  const caller = { settings: clientSettings(env), env, cwd: '/', policy: parseHostPolicy(allowed) }
  const parsed = parseTarget(target)
  return passwordFor(parsed, parseResolved(`hostname ${resolved ?? parsed.host}\n`), caller)
}

describe('passwordFor', () => {
  it.each<[string, string, Given, string?]>([
    ['the default host', 'web', { host: 'web' }],
    ['the default host, as another user', 'me@web', { host: 'you@web' }],
    ['the default host, given as a URL', 'web', { host: 'ssh://me@web:2222' }],
    ['the default host by an alias of it', 'w', { host: 'web' }, 'web'],
    ['the default host by its alias', 'web', { host: 'web' }, '10.0.0.5'],
    ['an allowed host', 'web', { allowed: 'web' }],
    ['an allowed host by a pattern', 'w1.example', { allowed: '*.example' }],
    ['an allowed host beside the default one', 'db', { host: 'web', allowed: 'db' }],
    ['an allowed host by its other name', 'w', { allowed: '10.0.0.5' }, '10.0.0.5'],
  ])('is the password for %s', (_, target, given, resolved) => {
    expect(passwordOf(target, { password: ' pass ', ...given }, resolved)).toBe(' pass ')
  })

  it.each<[string, string, Given, string?]>([
    ['any host where none is named', 'web', {}],
    ['a host that is not the default one', 'db', { host: 'web' }],
    ['a host that ends like the default one', 'evil.web', { host: 'web' }],
    ['a user named like the default host', 'web@evil', { host: 'web' }],
    ['a host that is not allowed', 'db', { allowed: 'web' }],
    ['a host that is excluded', 'db', { allowed: '*,!db' }],
    ['an alias of a host that is excluded', 'd', { allowed: '*,!db' }, 'db'],
  ])('is none for %s', (_, target, given, resolved) => {
    expect(passwordOf(target, { password: 'pass', ...given }, resolved)).toBeNull()
  })

  it.each([undefined, ''])('is none where none is set: %j', (password) => {
    const given = password === undefined ? {} : { password }
    expect(passwordOf('web', { ...given, host: 'web', allowed: '*' })).toBeNull()
  })
})
