import type { ClientSettings } from '../common/settings.js'

/** Whose call it is: the client's settings, environment and working directory hold for its own calls only. */
export interface Caller {
  settings: ClientSettings
  env: Readonly<Record<string, string>>
  cwd: string
}
