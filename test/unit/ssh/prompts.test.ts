import { describe, expect, it } from 'vitest'
import { mayGoUnanswered, type PromptKind, promptKind } from '../../../src/ssh/prompts.js'

const HOST_KEY =
  "The authenticity of host '[127.0.0.1]:2222 ([127.0.0.1]:2222)' can't be established.\n" +
  'ED25519 key fingerprint is SHA256:kT9vLcyo6ULGdmbGrP2BcUe8kVsSTlmsoTuBk5GTCAk.\n' +
  'This key is not known by any other names.\n' +
  'Are you sure you want to continue connecting (yes/no/[fingerprint])? '

const PROMPTS: [PromptKind, string, string][] = [
  ['password', "me@host's password: ", ''],
  ['password', "deploy@db.example.com's password: ", ''],
  ['password', "DOMAIN\\me@host's password: ", ''],
  ['password', '(me@host) Password: ', ''],
  ['password', '(me@host) Password:', ''],
  ['password', 'Password: ', ''],
  ['password', 'password:', ''],
  ['passphrase', "Enter passphrase for key '/home/me/.ssh/id_ed25519': ", ''],
  ['passphrase', "Enter passphrase for key '/home/me/new password:': ", ''],
  ['passphrase', 'Enter passphrase for /home/me/.ssh/id_rsa: ', ''],
  ['host-key', HOST_KEY, ''],
  ['host-key', 'Are you sure you want to continue connecting (yes/no)? ', ''],
  ['host-key', 'Accept updated hostkeys? (yes/no): ', 'confirm'],
  ['other', '(me@host) Verification code: ', ''],
  ['other', "(me@host) One-time password (OATH) for `me': ", ''],
  ['other', '(me@host) Password & verification code: ', ''],
  ['other', '(me@host) Enter PASSCODE: ', ''],
  ['other', '(me@host) Duo two-factor login for me\n\n 1. Duo Push\n\nPasscode or option (1-1): ', ''],
  // The old one, and thus the one that is known.
  ['password', "Enter me@host's old password: ", ''],
  ['other', "Enter me@host's new password: ", ''],
  ['other', "Retype me@host's new password: ", ''],
  ['other', '(me@host) New password: ', ''],
  ['other', '(me@host) Retype new password: ', ''],
  ['password', '(me@host) Current password: ', ''],
  ['other', '(me@host) Enter password again: ', ''],
  ['other', '(me@host) You are required to change your password immediately.\nNew password: ', ''],
  ['other', 'Type it once again.\nPassword: ', ''],
  ['other', 'You have to change it.\r\nPassword: ', ''],
  ['other', 'Enter PIN for ED25519-SK key /home/me/.ssh/id_ed25519_sk: ', ''],
  ['other', 'Enter PIN and confirm user presence for ED25519-SK key SHA256:abc: ', ''],
  ['other', 'Allow use of key me@laptop?\nKey fingerprint SHA256:abc.', 'confirm'],
  ['other', '', ''],
  ['notice', 'Confirm user presence for key ED25519-SK SHA256:abc', 'none'],
  ['notice', 'Agent confirm (yes/no)', 'none'],
  ['notice', '', 'none'],
]

describe('promptKind', () => {
  it.each(PROMPTS)('%s: %j, hint %j', (kind, prompt, hint) => {
    expect(promptKind(prompt, hint)).toBe(kind)
  })

  // As FreeBSD asks, where a dialogue is all that is allowed.
  it('password: one that names the account', () => {
    expect(promptKind('(me@host) Password for me@host:', '')).toBe('password')
  })

  it('other: one that is good for one time only', () => {
    expect(promptKind('(me@host) One-time password: ', '')).toBe('other')
  })
})

describe('mayGoUnanswered', () => {
  it.each<[PromptKind, boolean]>([
    ['passphrase', true],
    ['host-key', true],
    ['password', false],
    ['notice', false],
    ['other', false],
  ])('a %s: %s', (kind, expected) => {
    expect(mayGoUnanswered(kind)).toBe(expected)
  })
})
