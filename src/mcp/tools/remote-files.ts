import { create } from './create.js'
import { edit } from './edit.js'
import { glob } from './glob.js'
import { grep } from './grep.js'
import { view } from './view.js'

/** The tools for a remote's files, in their order. */
export const remoteFileTools = [view, create, edit, grep, glob]
