/**
 * What the agent's popup page does: it learns from the browser who opened it, asks the agent in
 * that origin's name, hands the answer to exactly that origin and closes itself.
 *
 * The agent believes what this page says about the origin. So it reads nothing from its address,
 * keeps nothing, asks once only, and nothing of what it receives reaches the document.
 *
 * Spec: docs/protocol.md, "The popup".
 */

import { PATHS, type OperationName } from './operations.js'
import { askAs } from './own-page.js'
import { PROTOCOL_VERSION } from './words.js'

/** What the page needs of its window. */
export type PopupWindow = Pick<Window, 'setInterval' | 'fetch' | 'close' | 'opener'> &
  Pick<EventTarget, 'addEventListener'> & { readonly document: Pick<Document, 'getElementById'> }

type Answer = { readonly result: unknown } | { readonly problem: unknown }

const TEXT = {
  idle: '這一頁屬於 Chop，可以關閉。\nThis page belongs to Chop and may be closed.',
  asking: '完成後這個小視窗會自己關閉。\nThis small window closes by itself.',
  refused: '開啟這個視窗的網頁不能使用 Chop。\nThe page that opened this window may not use Chop.',
  done: '完成，可以關閉這個視窗。\nDone; this window may be closed.',
} as const

/** How often the page looks whether its opener is still there, in milliseconds. */
const OPENER_CHECK = 500

/** Serves the window that opened this one, once. */
export function servePopup(win: PopupWindow): void {
  const opener = win.opener as Window | null
  // Opened by hand, or the opener's `Cross-Origin-Opener-Policy` cut the tie.
  if (opener === null) return show(win, 'idle')

  const asking = new AbortController()
  let asker: string | undefined

  const listen = ({ source, origin, data }: MessageEvent): void => {
    // A page that is being left is no source any more (`null` in Chromium 156), so its origin counts.
    if (data?.chop === 'cancel' && origin === asker) return win.close()
    const path = pathOf(data?.chop)
    if (path === undefined || source !== opener || asker !== undefined) return
    asker = origin
    // Sandboxed frames and files: nobody whom the agent's window could name.
    if (origin === 'null') return show(win, 'refused')

    show(win, 'asking')
    void ask(win, origin, path, data.request, asking.signal).then((answer) => {
      if (asking.signal.aborted) return
      // Only the origin that asked can read this, whatever the opener has become meanwhile.
      opener.postMessage({ chop: 'answer', ...answer }, origin)
      show(win, 'done')
      win.close()
    })
  }
  win.addEventListener('message', listen as (event: Event) => void)

  // The agent's window goes with this one, and this one with its opener.
  win.addEventListener('pagehide', () => asking.abort())
  win.setInterval(() => opener.closed && win.close(), OPENER_CHECK)

  // To whoever opened the window: it is no secret that it is ready.
  opener.postMessage({ chop: 'ready', protocol: PROTOCOL_VERSION }, '*')
}

/** Where an operation is asked for; `undefined` for what is none. */
function pathOf(name: unknown): string | undefined {
  return typeof name === 'string' && Object.hasOwn(PATHS, name)
    ? PATHS[name as OperationName]
    : undefined
}

/** Always an answer, also when the agent has gone. */
async function ask(
  win: PopupWindow,
  origin: string,
  path: string,
  request: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const paths = { ticket: '/v1/bridge/tickets', request: path }
    const body = JSON.stringify(request)
    const { ok, text } = await askAs(win, origin, paths, { type: 'application/json', body }, signal)
    const answer: unknown = JSON.parse(text)
    return ok ? { result: answer } : { problem: answer }
  } catch {
    return { problem: { code: 'agent_unreachable' } }
  }
}

function show(win: PopupWindow, text: keyof typeof TEXT): void {
  const state = win.document.getElementById('state')
  if (state !== null) state.textContent = TEXT[text]
}
