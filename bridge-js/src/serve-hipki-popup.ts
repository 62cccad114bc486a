/**
 * What the popup of the HiCOS room does: it asks its opener for a request as the HiCOS component's
 * does, hands it to the agent as it came, and gives the answer back.
 *
 * The agent believes what this page says about the origin. So it reads nothing from its address,
 * asks once only, and nothing of what it receives reaches the document.
 *
 * Spec: docs/hicos.md, "The popup".
 */

import { askAs, type OwnPage } from './own-page.js'

/** What the page needs of its window. */
export type HipkiPopupWindow = OwnPage &
  Pick<Window, 'setInterval' | 'setTimeout' | 'close' | 'opener'> &
  Pick<EventTarget, 'addEventListener'> & {
    readonly document: {
      readonly body: { readonly dataset: { readonly first?: string } }
      getElementById(id: string): { textContent: string | null } | null
    }
  }

const PATHS = { ticket: '/chop/ticket', request: '/chop/popup' } as const

/**
 * How long the page stays after it has answered, in milliseconds. Pages open the next window of
 * this name after any time up to a third of a second, and lose that round if this one closes then.
 */
const STAYS = 1000

/** How often the page looks whether its opener is still there. */
const OPENER_CHECK = 500

const TEXT = {
  idle: '這一頁屬於 Chop，可以關閉。\nThis page belongs to Chop and may be closed.',
  asking: '請看 Chop 的視窗。完成後這個小視窗會自己關閉。\nThis small window closes by itself.',
  done: '完成。\nDone.',
} as const

/** `ret_code`s of what the agent does not say itself. */
const UNTRUSTED = 0x76000031
const UNREACHABLE = 0x7600000d

/** Serves the window that opened this one, once. */
export function serveHipkiPopup(win: HipkiPopupWindow): void {
  const opener = win.opener as Window | null
  if (opener === null) return show('idle')

  const asking = new AbortController()
  let asked = false

  const listen = ({ source, origin, data }: MessageEvent): void => {
    const text = requestOf(data)
    if (text === undefined || source !== opener || asked) return
    asked = true
    show('asking')
    void answer(origin, text).then((answer) => {
      if (asking.signal.aborted) return
      // Only the origin that asked can read this; `*` is for one that has no name.
      opener.postMessage(answer, origin === 'null' ? '*' : origin)
      show('done')
      win.setTimeout(() => win.close(), STAYS)
    })
  }
  win.addEventListener('message', listen as (event: Event) => void)

  // The agent's window goes with this one, and this one with its opener.
  win.addEventListener('pagehide', () => asking.abort())
  win.setInterval(() => opener.closed && win.close(), OPENER_CHECK)

  // At once, whatever the cards do: pages wait three seconds for it.
  const func = win.document.body.dataset.first ?? 'getTbs'
  opener.postMessage(JSON.stringify({ func }), '*')

  /** Always an answer with the `func` that the page waits for. */
  async function answer(origin: string, text: string): Promise<string> {
    // Sandboxed frames and files: nobody whom the agent's window could name.
    if (origin === 'null') return refusal(text, UNTRUSTED, '此網頁無法辨識，不能使用元件')
    try {
      const request = { type: 'text/plain', body: text }
      const { ok, text: reply } = await askAs(win, origin, PATHS, request, asking.signal)
      return ok ? reply : refusal(text, UNTRUSTED, '此網站未獲授權使用元件')
    } catch {
      return refusal(text, UNREACHABLE, '執行檔錯誤或逾時')
    }
  }

  function show(text: keyof typeof TEXT): void {
    const state = win.document.getElementById('state')
    if (state !== null) state.textContent = TEXT[text]
  }
}

/** The request as text; some pages post an object. */
function requestOf(data: unknown): string | undefined {
  if (typeof data === 'string') return data
  return typeof data === 'object' && data !== null ? JSON.stringify(data) : undefined
}

/** Functions and what their answers are called. */
const ANSWERS: Readonly<Record<string, string>> = {
  GetUserCert: 'pkcs11info',
  CheckEnvir: 'pkcs11info',
  DecryptData: 'decrypt',
  changeUserPINCode: 'changeUserPINCode',
}

function refusal(text: string, code: number, message: string): string {
  const asked = Object.keys(ANSWERS).find((name) => text.includes(name))
  const func = asked === undefined ? 'sign' : ANSWERS[asked]
  const slots = func === 'pkcs11info' ? { slots: [] } : {}
  return JSON.stringify({ func, last_error: 0, message, ret_code: code, ...slots })
}
