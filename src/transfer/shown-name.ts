import { shownName as shown } from '../common/shown-name.js'
import { bytesOf, type RawPath } from './raw-path.js'

/** A path for people and models: as it is, or in `$'…'` where that would not show what it is. */
export const shownName = (path: RawPath): string => shown(bytesOf(path))
