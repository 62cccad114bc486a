// A site with a card login; chop-verify says who signed. Node 20, no dependency.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const CHOP_VERIFY = process.env.CHOP_VERIFY
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/login.js': ['login.js', 'text/javascript'],
  '/bridge.js': ['bridge.js', 'text/javascript'],
}
const MOST = 16 * 1024

// Session id to what is known of it. Yours is a database or your framework's sessions.
const sessions = new Map()

/** Asks chop-verify: the status and the answer; 503 when it does not answer. */
async function ask(path, question) {
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(10_000)
  const request = { method: 'POST', headers, body: JSON.stringify(question), signal }
  try {
    const response = await fetch(CHOP_VERIFY + path, request)
    return [response.status, await response.json()]
  } catch {
    return [503, { code: 'site_fault' }]
  }
}

const routes = {
  async 'POST /login/challenge'(request, answer) {
    // The challenge belongs to this browser's session.
    const session = sessionOf(request) ?? newSession(answer)
    const [status, issued] = await ask('/v1/challenges', { session })
    answer.json(status === 201 ? 200 : 503, issued)
  },

  async 'POST /login/card'(request, answer) {
    const session = sessionOf(request)
    if (session === undefined) return answer.json(403, { code: 'no_session' })
    // The assertion goes on as text: nothing in it is read here.
    const [status, verdict] = await ask('/v1/sign-ins', {
      session,
      id: request.headers['x-challenge-id'] ?? '',
      assertion: await body(request),
    })
    if (status !== 200) return answer.json(status === 503 ? 503 : 403, { code: verdict.code })
    const { identity } = verdict.signer
    if (identity.kind !== 'company') return answer.json(403, { code: 'card_kind_wrong' })
    // A login has a new session: whoever knew the old one knows nothing of this one.
    sessions.delete(session)
    sessions.get(newSession(answer)).ban = identity.ban
    answer.json(200, { name: identity.name })
  },
}

function sessionOf(request) {
  const value = /(?:^|;\s*)__Host-session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
  return sessions.has(value) ? value : undefined
}

function newSession(answer) {
  const session = randomBytes(32).toString('base64url')
  sessions.set(session, {})
  answer.setHeader('set-cookie', `__Host-session=${session}; Path=/; Secure; HttpOnly; SameSite=Lax`)
  return session
}

async function body(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MOST) throw new Error('the body is too large')
  }
  return text
}

createServer(async (request, response) => {
  response.json = (status, value) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  try {
    const file = request.method === 'GET' ? FILES[request.url] : undefined
    if (file) {
      const content = await readFile(new URL(`../page/${file[0]}`, import.meta.url))
      response.writeHead(200, { 'content-type': file[1] }).end(content)
    } else {
      const route = routes[`${request.method} ${request.url}`]
      await (route ? route(request, response) : response.json(404, { code: 'not_found' }))
    }
  } catch {
    response.json(500, { code: 'site_fault' })
  }
}).listen(Number(process.env.PORT ?? 8000), '127.0.0.1')
