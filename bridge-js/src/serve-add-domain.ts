/**
 * What the page does that lets a site in: `/addDomain?domain=HOST`, which pages open when they are
 * told that they may not. It asks the person for a click, and has the agent ask the rest.
 *
 * The host comes from whoever opened this page, so it grants nothing: the agent's own window names
 * the site, and the person decides there.
 *
 * Spec: docs/hicos.md, "addDomain".
 */

import { askAs, type OwnPage } from './own-page.js'

/** What the page needs of its window. */
export type AddDomainWindow = OwnPage &
  Pick<Window, 'opener' | 'setTimeout' | 'close'> & {
    readonly location: Pick<Location, 'search'>
    readonly document: { getElementById(id: string): Part | null }
  }

/** A part of the page. */
interface Part {
  textContent: string | null
  hidden: boolean | string
  onclick: unknown
}

const PATHS = { ticket: '/chop/ticket', request: '/chop/let-in' } as const

/** How long the outcome stays on the screen, in milliseconds. */
const STAYS = 1500

const TEXT = {
  invalid: '網址不對，沒有可以允許的網站。\nThe address names no site.',
  asking: '請在 Chop 的視窗中決定。\nDecide in Chop’s window.',
  allowed: '已經允許。\nThe site may now ask.',
  refused: '沒有允許。\nNothing was changed.',
  failed: 'Chop 沒有回應，請再試一次。\nChop gave no answer; try again.',
} as const

/** Shows the site, and waits for a click. */
export function serveAddDomain(win: AddDomainWindow): void {
  const part = (id: string): Part | null => win.document.getElementById(id)
  const say = (text: keyof typeof TEXT): void => {
    const state = part('state')
    if (state !== null) state.textContent = TEXT[text]
  }
  const origin = originOf(new URLSearchParams(win.location.search).get('domain') ?? '')
  const [site, ask] = [part('site'), part('ask')]
  if (origin === undefined || site === null || ask === null) return say('invalid')

  site.textContent = origin
  ask.hidden = false
  ask.onclick = async () => {
    ask.hidden = true
    say('asking')
    try {
      const request = { type: 'application/json', body: '{}' }
      const { ok, text } = await askAs(win, origin, PATHS, request)
      const code = ok ? JSON.parse(text).ret_code : undefined
      say(code === 0 ? 'allowed' : 'refused')
      // Pages load themselves again when they are told that it is 0. It is no secret.
      const opener = win.opener as Window | null
      if (ok) opener?.postMessage(text, '*')
      win.setTimeout(() => win.close(), STAYS)
    } catch {
      say('failed')
      ask.hidden = false
    }
  }
}

/** The site of a host name; `undefined` for what is none. Only https can be let in for good. */
function originOf(host: string): string | undefined {
  if (!/^[a-z0-9.-]+(:\d+)?$/i.test(host)) return undefined
  try {
    return new URL(`https://${host}`).origin
  } catch {
    return undefined
  }
}
