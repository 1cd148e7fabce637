import type { Result } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { ToolError } from '../common/errors.js'
import { completed } from './completion.js'
import type { Completers, Offer, RequestContext } from './offer.js'
import { checkOnlyPage, pageOf } from './pages.js'
import { invalidParams, noResource } from './rpc-error.js'
import type { Subscriptions } from './subscriptions.js'

type Method = (params: unknown, request: RequestContext) => Promise<Result>

/** A method with its parameters checked: the SDK's own way answers malformed ones as an internal error. */
const method =
  <Params extends z.ZodType>(
    params: Params,
    answer: (params: z.output<Params>, request: RequestContext) => Result | Promise<Result>,
  ): Method =>
  async (given, request) => {
    const checked = params.safeParse(given ?? {})
    if (checked.success) return answer(checked.data, request)
    const { path, message } = checked.error.issues[0] as z.core.$ZodIssue
    throw invalidParams(`params${path.map((part) => `.${String(part)}`).join('')}: ${message}.`)
  }

const paged = z.object({ cursor: z.string().optional() })
const located = z.object({ uri: z.string() })
const called = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).optional() })
const strings = z.record(z.string(), z.string()).default({})
const prompted = z.object({ name: z.string(), arguments: strings })
const completing = z.object({
  ref: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ref/prompt'), name: z.string() }),
    z.object({ type: z.literal('ref/resource'), uri: z.string() }),
  ]),
  argument: z.object({ name: z.string(), value: z.string() }),
  context: z.object({ arguments: strings }).optional(),
})

/** The methods of the protocol over an offer, by their names. */
export function methodsOf(offer: Offer, subscriptions: Subscriptions): ReadonlyMap<string, Method> {
  return new Map([...toolMethods(offer), ...resourceMethods(offer, subscriptions), ...promptMethods(offer)])
}

const toolMethods = ({ tools }: Offer): [string, Method][] => [
  [
    'tools/list',
    method(paged, ({ cursor }, { shared }) => {
      checkOnlyPage(cursor)
      const listed = tools(shared.caller).filter(({ hidden }) => !hidden)
      return { tools: listed.map((tool) => tool.listed) }
    }),
  ],
  [
    'tools/call',
    method(called, (params, request) => {
      const tool = tools(request.shared.caller).find(({ listed }) => listed.name === params.name)
      if (!tool) throw invalidParams(`Unknown tool ${quoted(params.name)}.`)
      return tool.call(params.arguments, request)
    }),
  ],
]

const resourceMethods = ({ resources }: Offer, subscriptions: Subscriptions): [string, Method][] => [
  [
    'resources/list',
    method(paged, ({ cursor }, { shared }) => {
      const { page, ...next } = pageOf(resources.list(shared), cursor)
      return { resources: page, ...next }
    }),
  ],
  [
    'resources/templates/list',
    method(paged, ({ cursor }) => {
      checkOnlyPage(cursor)
      return { resourceTemplates: resources.templates.map(({ listed }) => listed) }
    }),
  ],
  [
    'resources/read',
    method(located, async ({ uri }, request) => {
      const resource = resources.open(uri, request.shared)
      if (!resource) throw noResource(uri)
      return { contents: await resource.read(request).catch((error) => refused(uri, error)) }
    }),
  ],
  ['resources/subscribe', method(located, ({ uri }) => nothing(subscriptions.subscribe(uri)))],
  ['resources/unsubscribe', method(located, ({ uri }) => nothing(subscriptions.unsubscribe(uri)))],
]

const promptMethods = ({ prompts, resources }: Offer): [string, Method][] => [
  [
    'prompts/list',
    method(paged, ({ cursor }) => {
      checkOnlyPage(cursor)
      return { prompts: prompts.map(({ listed }) => listed) }
    }),
  ],
  [
    'prompts/get',
    method(prompted, ({ name, arguments: args }, request) => {
      const prompt = prompts.find(({ listed }) => listed.name === name)
      if (!prompt) throw invalidParams(`Unknown prompt ${quoted(name)}.`)
      checkArguments(args, prompt.listed.arguments ?? [])
      return prompt.get(args, request)
    }),
  ],
  [
    'completion/complete',
    method(completing, async ({ ref, argument, context }, request) => {
      const found =
        ref.type === 'ref/prompt'
          ? prompts.find(({ listed }) => listed.name === ref.name)
          : resources.templates.find(({ listed }) => listed.uriTemplate === ref.uri)
      if (!found) throw invalidParams(`Unknown ${ref.type} ${quoted('uri' in ref ? ref.uri : ref.name)}.`)
      const completer = own(found.completers, argument.name)
      if (!completer)
        throw invalidParams(`It has no argument ${quoted(argument.name)} that could be completed.`)
      return completed(await completer(request, context?.arguments ?? {}), argument.value)
    }),
  ],
]

const own = (completers: Completers, name: string) =>
  Object.hasOwn(completers, name) ? completers[name] : undefined

function checkArguments(
  given: Readonly<Record<string, string>>,
  known: readonly { name: string; required?: boolean | undefined }[],
): void {
  const unknown = Object.keys(given).find((name) => !known.some((argument) => argument.name === name))
  if (unknown !== undefined) throw invalidParams(`Unknown argument ${quoted(unknown)}.`)
  const missing = known.find(({ name, required }) => required && !Object.hasOwn(given, name))
  if (missing) throw invalidParams(`The argument ${quoted(missing.name)} is required.`)
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 100))

const nothing = (_done: unknown): Result => ({})

/** A resource that was there and cannot be read any more is not found; the reason says more. */
function refused(uri: string, error: unknown): never {
  throw error instanceof ToolError ? noResource(uri, error.message) : error
}
