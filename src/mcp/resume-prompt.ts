import { glanceAt } from '../session/glance.js'
import type { Session } from '../session/session.js'
import { sessionNames, targets } from './completers.js'
import type { OfferedPrompt } from './offer.js'
import { resumeText } from './overview.js'
import { seenSessions } from './seen-sessions.js'

const DESCRIPTION = 'Tells the model which SSH sessions run, what they do, and how to go on in them.'

/** What a fresh context is told of the sessions that others left, for a person to put before it. */
export const RESUME: OfferedPrompt = {
  listed: {
    name: 'resume',
    title: 'Resume work in SSH sessions',
    description: DESCRIPTION,
    arguments: [
      {
        name: 'session_name',
        description: 'Only sessions of this name',
        required: false,
      },
      { name: 'target', description: 'Only sessions on this target', required: false },
    ],
  },

  completers: { session_name: sessionNames, target: targets },

  async get({ session_name: name = '', target = '' }, { shared, extra }) {
    // What a person leaves empty is not asked for.
    const fits = (session: Session): boolean =>
      (name === '' || session.name === name) && (target === '' || session.record.target === target)
    const look = async () => seenSessions(shared).filter(fits).map(glanceAt)
    const sessions = await shared.turns.run(look, extra.signal)
    const isNarrowed = name !== '' || target !== ''
    const text = sessions.length === 0 && isNarrowed ? NONE_FITS : resumeText(sessions)
    return {
      description: this.listed.description,
      messages: [{ role: 'user', content: { type: 'text', text } }],
    }
  },
}

const NONE_FITS =
  'No SSH session fits what was given. ssh_list_sessions shows which there are; ssh_run opens one.\n'
