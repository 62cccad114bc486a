import { BridgeError } from './bridge-error.js'
import type { BrowserWindow, Popup } from './browser-window.js'
import { PATIENCE, Scope } from './scope.js'

/** What happened and the next step, for developers. */
const MESSAGES = {
  popup_blocked: 'call proceed() right in a click handler; the person may have to allow popups',
  unanswered: 'nobody clicked the button that calls proceed(); start again with a new challenge',
} as const

/**
 * Waits for the page's button, and opens the popup in that very click: later the browser would
 * block it.
 *
 * @param open opens it; `null` where the browser does not let it.
 * @param onWaiting is given what the button has to call.
 * @throws {BridgeError} `popup_blocked`, `unanswered`; the reason of `signal`.
 */
export async function waitForClick(
  win: BrowserWindow,
  open: () => Popup | null,
  signal: AbortSignal | undefined,
  onWaiting: (proceed: () => void) => void,
): Promise<Popup> {
  const scope = new Scope(win, signal)
  try {
    return await new Promise((resolve, reject) => {
      const fail = (code: keyof typeof MESSAGES): void =>
        reject(new BridgeError(code, MESSAGES[code]))
      scope.on(scope.signal, 'abort', () => reject(scope.signal.reason))
      scope.after(PATIENCE, () => fail('unanswered'))

      onWaiting(() => {
        // One click, one window; none once the operation has ended.
        if (scope.signal.aborted) return
        scope.end()
        const popup = open()
        if (popup === null) fail('popup_blocked')
        else resolve(popup)
      })
    })
  } finally {
    scope.end()
  }
}
