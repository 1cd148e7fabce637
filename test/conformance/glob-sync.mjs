import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

// The suite is written for Node 22: it imports fs.globSync, for commands that are not used here, and does not start
// where there is none. Given with --import, this module gives it one; the hook itself runs in a thread of its own.

const FS = `
  export * from 'node:fs'
  export { default } from 'node:fs'
  export const globSync = () => { throw new Error('There is no fs.globSync in this version of Node.') }
`

export async function resolve(specifier, context, next) {
  const isSuite = context.parentURL?.includes('/@modelcontextprotocol/conformance/')
  if (!isSuite || !/^(node:)?fs$/.test(specifier)) return next(specifier, context)
  return { url: `data:text/javascript,${encodeURIComponent(FS)}`, shortCircuit: true }
}

if (isMainThread) register(import.meta.url)
