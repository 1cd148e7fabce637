import { userInfo } from 'node:os'
import type { Caller } from '../connection/caller.js'
import { statePaths } from '../platform/paths.js'
import { base, fromText, join, parent, type RawPath } from './raw-path.js'
import { realPath } from './real-path.js'

/** Places that transfers keep away from, each by its own place and by where it leads. */
export interface ProtectedPlaces {
  /** Not to be read or written: keys, what our sessions wrote, other processes. */
  both: RawPath[]
  /** Not to be written: what is in there runs by itself sooner or later. */
  write: RawPath[]
}

const START_FILES = (
  '.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout ' +
  '.kshrc .mkshrc .cshrc .tcshrc .login .logout .inputrc .xprofile .xinitrc .xsession .xsessionrc .pam_environment ' +
  '.popt .rhosts .config/fish .config/autostart .config/systemd .config/environment.d'
).split(' ')

const SYSTEM_FILES = (
  'profile profile.d bash.bashrc bashrc environment csh.cshrc csh.login csh.logout zsh zshenv zshrc zprofile ssh ' +
  'anacrontab crontab cron.allow cron.deny cron.d cron.hourly cron.daily cron.weekly cron.monthly cron.yearly ' +
  'ld.so.preload'
)
  .split(' ')
  .map((name) => `/etc/${name}`)

/** The home directory that `~` means. */
export const homeOf = ({ env }: Caller): RawPath => homesOf(env)[0] as RawPath

/** Every directory that programs may take for this user's home. */
export function homesOf(env: Caller['env']): RawPath[] {
  const homes = [env.HOME ?? '', userInfo().homedir].filter((home) => home.startsWith('/'))
  return [...new Set(homes)].map(fromText)
}

export function protectedPlaces({ env }: Caller): ProtectedPlaces {
  const { root, transcripts } = statePaths(env)
  // Also below the real home by these very names: `.config` may be a link, which can be replaced by a directory.
  const homes = homesOf(env).flatMap((home) => [home, realPath(home).real])
  const ofHomes = (names: string[]): RawPath[] =>
    homes.flatMap((home) => names.map((name) => join(home, name)))
  return {
    both: everyWay([...ofHomes(['.ssh']), fromText(root), fromText(transcripts), '/proc']),
    write: everyWay([...ofHomes(START_FILES), ...SYSTEM_FILES]),
  }
}

/** Each place as it is named, where its last name really is, and where that leads. */
const everyWay = (places: RawPath[]): RawPath[] => [
  ...new Set(
    places.flatMap((path) => [path, join(realPath(parent(path)).real, base(path)), realPath(path).real]),
  ),
]
