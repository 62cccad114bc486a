/** What the agent's own pages have in common: they speak for the origin that opened them. */

/** What such a page needs of its window to ask the agent. */
export type OwnPage = Pick<Window, 'fetch'>

/** The agent's answer. */
export interface Reply {
  readonly ok: boolean
  readonly text: string
}

/**
 * Asks the agent in an origin's name: a ticket for the origin first, then the request with it.
 *
 * @returns the refusal of the ticket, or the answer to the request.
 * @throws whatever `fetch` throws, when the agent has gone.
 */
export async function askAs(
  win: OwnPage,
  origin: string,
  paths: { readonly ticket: string; readonly request: string },
  request: { readonly type: string; readonly body: string },
  signal?: AbortSignal,
): Promise<Reply> {
  const post = async (
    path: string,
    type: string,
    body: string,
    ticket?: string,
  ): Promise<Reply> => {
    const response = await win.fetch(path, {
      method: 'POST',
      headers: { 'content-type': type, ...(ticket !== undefined && { 'chop-ticket': ticket }) },
      body,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      ...(signal !== undefined && { signal }),
    })
    return { ok: response.ok, text: await response.text() }
  }

  const json = 'application/json'
  const issued = await post(paths.ticket, json, JSON.stringify({ origin }))
  if (!issued.ok) return issued
  const { ticket } = JSON.parse(issued.text)
  return post(paths.request, request.type, request.body, ticket)
}
