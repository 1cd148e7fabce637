import { userInfo } from 'node:os'
import { dirname } from 'node:path'
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
  '.popt .rhosts .config/fish .config/autostart .config/systemd .config/environment.d .tmux.conf .config/tmux'
).split(' ')

const SYSTEM_FILES = (
  'profile profile.d bash.bashrc bashrc environment csh.cshrc csh.login csh.logout zsh zshenv zshrc zprofile ssh ' +
  'anacrontab crontab cron.allow cron.deny cron.d cron.hourly cron.daily cron.weekly cron.monthly cron.yearly ' +
  'ld.so.preload ld.so.conf ld.so.conf.d init.d rc.local systemd sudoers sudoers.d pam.d update-motd.d fish xdg tmux.conf'
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
  const { root, transcripts, socket } = statePaths(env)
  // Also below the real home by these very names: `.config` may be a link, which can be replaced by a directory.
  const homes = homesOf(env).flatMap((home) => [home, realPath(home).real])
  const ofHomes = (names: string[]): RawPath[] =>
    homes.flatMap((home) => names.map((name) => join(home, name)))
  return {
    both: everyWay([...ofHomes(['.ssh']), ...[root, transcripts, dirname(socket)].map(fromText), '/proc']),
    write: everyWay([...ofHomes(START_FILES), ...SYSTEM_FILES, '/var/spool/cron']),
  }
}

/** Each place as it is named, where its last name really is, and where that leads. */
const everyWay = (places: RawPath[]): RawPath[] => [
  ...new Set(
    places.flatMap((path) => [path, join(realPath(parent(path)).real, base(path)), realPath(path).real]),
  ),
]
