/** What there is to be read of a session. */
export type SessionView = 'transcript' | 'screen'

export const SESSIONS_URI = 'ssh-mcp://sessions'

export const uriTemplate = (view: SessionView): string => `${SESSIONS_URI}/{id}/${view}`

export const sessionUri = (id: string, view: SessionView): string =>
  `${SESSIONS_URI}/${encodeURIComponent(id)}/${view}`

/** What a URI names: the list, or a view of the session of an id or a name; null where it names nothing of ours. */
export function parsedUri(uri: string): { view: 'list' } | { view: SessionView; id: string } | null {
  if (uri === SESSIONS_URI) return { view: 'list' }
  const [, encoded, view] = /^ssh-mcp:\/\/sessions\/([^/?#]{1,2000})\/(transcript|screen)$/.exec(uri) ?? []
  const id = encoded === undefined ? null : decoded(encoded)
  return id === null ? null : { view: view as SessionView, id }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
