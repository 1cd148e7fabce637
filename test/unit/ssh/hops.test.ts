import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hopOfProxyCommand, parseHops } from '../../../src/ssh/hops.js'

const hop = (user: string | null, host: string, port: string | null) => ({ user, host, port })

describe('parseHops', () => {
  it.each<[string, ReturnType<typeof hop>[]]>([
    [
      'a@b:23,c,ssh://u@h:1,[::1]:22',
      [hop('a', 'b', '23'), hop(null, 'c', null), hop('u', 'h', '1'), hop(null, '::1', '22')],
    ],
    ['[10.0.0.1]', [hop(null, '10.0.0.1', null)]],
    ['u@x@[::1]:3', [hop('u@x', '::1', '3')]],
    ['ssh://u%40x@h/', [hop('u@x', 'h', null)]],
    ['ssh://u%@h', [hop('u%', 'h', null)]],
    ['::1', [hop(null, '::1', null)]],
    ['%r@%h-gw', [hop('%r', '%h-gw', null)]],
    ['', []],
    ['none', []],
  ])('%s', (value, hops) => {
    expect(parseHops(value)).toEqual(hops)
  })
})

describe('hopOfProxyCommand', () => {
  it.each([
    ['ssh -W %h:%p gw', 'gw'],
    ['ssh gw -W %h:%p', 'gw'],
    ['  ssh   -W  %h:%p\tgw ', 'gw'],
    ['ssh -W%h:%p gw', 'gw'],
    ['ssh -qTW %h:%p u@gw.example.com', 'gw.example.com'],
    ['/usr/bin/ssh -q -W [%h]:%p me@gw', 'gw'],
    ['ssh -W "[%h]:%p" gw', 'gw'],
    ["ssh -W '%h:%p' -i '~/.ssh/my key' gw", 'gw'],
    ['ssh -p 2222 -l me -i ~/.ssh/id -o ConnectTimeout=5 -oBatchMode=yes -W %h:%p gw', 'gw'],
    ['ssh -o "ServerAliveInterval 5" -S none -W %h:%p ssh://u@gw:23', 'gw'],
    ['ssh -W %h:%p [::1]', '::1'],
  ])('%s', (command, host) => {
    expect(hopOfProxyCommand(command)).toBe(host)
  })

  it.each([
    ['nothing', ''],
    ['another program', 'nc -X connect %h %p'],
    ['a program with a similar name', 'autossh -W %h:%p gw'],
    ['a command on the way', 'ssh gw nc %h %p'],
    ['no forward', 'ssh gw'],
    ['another place', 'ssh -W other:22 gw'],
    ['another port', 'ssh -W %h:22 gw'],
    ['two places', 'ssh -W %h:%p -W other:22 gw'],
    ['no host', 'ssh -W %h:%p'],
    ['a remote command', 'ssh -W %h:%p gw true'],
    ['a second jump', 'ssh -J other -W %h:%p gw'],
    ['a second jump as an option', 'ssh -oProxyJump=other -W %h:%p gw'],
    ['a second command', 'ssh -o "proxycommand nc other 22" -W %h:%p gw'],
    ['another host name', 'ssh -o HostName=other -W %h:%p gw'],
    ['another configuration', 'ssh -F other -W %h:%p gw'],
    ['a cluster with one', 'ssh -qFother -W %h:%p gw'],
    ['an unknown option', 'ssh -Z -W %h:%p gw'],
    ['an end of options', 'ssh -W %h:%p -- gw'],
    ['a hyphen', 'ssh -W %h:%p - gw'],
    ['a missing value', 'ssh -W %h:%p gw -i'],
    ['a token for a host', 'ssh -W %h:%p %n-gw'],
    ['a variable', 'ssh -W %h:%p $GW'],
    ['a substitution', 'ssh -W %h:%p "`gw`"'],
    ['a second program', 'ssh -W %h:%p gw; nc other 22'],
    ['a redirection', 'ssh -W %h:%p gw 2>/dev/null'],
    ['two lines', 'ssh -W %h:%p gw\nnc'],
    ['a comment', 'ssh -W %h:%p gw #x'],
    ['words put together', 'ssh -W %h:%p g"w"'],
    ['an open quote', "ssh -W %h:%p 'gw"],
  ])('knows nothing of %s', (_, command) => {
    expect(hopOfProxyCommand(command)).toBeNull()
  })

  it('never throws', () => {
    const words = fc.array(
      fc.constantFrom('ssh', '-W', '%h:%p', 'gw', '-o', '-', "'", '"', '-q', '\n', '[::1]'),
    )
    fc.assert(fc.property(words, (all) => void hopOfProxyCommand(all.join(' '))))
  })
})
