/**
 * Asks the vendor's HiCOS component (跨平台網頁元件) through its popup.
 *
 * It has no published specification; docs/hicos.md has what is known of how pages talk with it.
 */

import { BridgeError, invalidAnswer } from './bridge-error.js'
import type { BrowserWindow, Popup } from './browser-window.js'
import { faultOf } from './hipki-faults.js'
import { PATIENCE, Scope } from './scope.js'

/** Where it listens. */
export const COMPONENT = 'http://localhost:61161'

/**
 * How long its page may take to say that it is there, in milliseconds. Its own pages wait 3,500,
 * which a computer that has just been started does not always keep.
 */
export const READY_TIME = 6000

/** How often to look whether the popup is still there, in milliseconds. */
const CLOSED_CHECK = 200

/** What the component is asked for, and what its answer must be. */
export interface ComponentRequest<T> {
  /** What it does: `MakeSignature`. */
  readonly func: string
  /** How its answer is called: `sign`. */
  readonly answer: string
  /** What else is in the package. */
  readonly fields: Readonly<Record<string, string>>
  /**
   * Reads the answer.
   *
   * @throws {BridgeError} `invalid_answer`, `no_card`.
   */
  readonly parse: (answer: Readonly<Record<string, unknown>>) => T
}

/** The page of the component's popup. */
export function popupForm(component: string): string {
  return `${component}/popupForm`
}

/**
 * Waits for the component's page in `popup`, hands it the request and takes the answer. The popup
 * stays for its opener to close, unless it does so itself.
 *
 * @param pin asks the person, once the component is known to be there; `undefined` where no PIN is
 *   needed. What it gives is sent once.
 * @throws {BridgeError} `agent_unreachable` if there is no component in the popup; what the
 *   component says.
 */
export async function askComponent<T>(
  win: BrowserWindow,
  popup: Popup,
  component: string,
  request: ComponentRequest<T>,
  pin: (() => Promise<string>) | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const scope = new Scope(win, signal)
  try {
    return await new Promise((resolve, reject) => {
      scope.on(scope.signal, 'abort', () => reject(scope.signal.reason))
      const cancelWaiting = scope.after(READY_TIME, () =>
        reject(new BridgeError('agent_unreachable', `nothing answers at ${component}`)),
      )

      let asked = false
      const greeted = async (): Promise<void> => {
        // A popup that is loaded anew asks again. The PIN goes out once.
        if (asked) return
        asked = true
        cancelWaiting()
        scope.after(PATIENCE, () =>
          reject(new BridgeError('unanswered', 'the component gave no answer in time')),
        )
        const entered = pin === undefined ? {} : { pin: encodeURIComponent(await pin()) }
        const text = JSON.stringify({ func: request.func, ...request.fields, ...entered })
        // It takes a bare `+` for what its own page makes of it; this way there is none.
        popup.postMessage(text.replaceAll('+', '%2B'), component)
      }

      scope.on(win, 'message', ({ source, origin, data }: MessageEvent) => {
        // Only from this window, and only while the component's page is in it.
        if (source !== popup || origin !== component) return
        const answer = parsed(data)
        if (answer.func === 'getTbs') return void greeted().catch(reject)
        if (!asked) return
        try {
          resolve(read(answer, request))
        } catch (error) {
          reject(error)
        }
      })

      const checkClosed = (): void => {
        if (!popup.closed) return void scope.after(CLOSED_CHECK, checkClosed)
        // It closes itself when it has answered, and the answer may still be on its way.
        const closed = 'the popup was closed before it had an answer'
        scope.after(CLOSED_CHECK, () => reject(new BridgeError('popup_closed', closed)))
      }
      scope.after(CLOSED_CHECK, checkClosed)
      scope.on(win, 'pagehide', () => popup.close())
    })
  } finally {
    scope.end()
  }
}

/** @throws {BridgeError} what the component says; `invalid_answer`. */
function read<T>(answer: Readonly<Record<string, unknown>>, request: ComponentRequest<T>): T {
  if (answer.func !== request.answer || typeof answer.ret_code !== 'number') {
    throw invalidAnswer('what the HiCOS component answers')
  }
  if (answer.ret_code !== 0) throw faultOf(answer.ret_code, answer.last_error)
  return request.parse(answer)
}

function parsed(data: unknown): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(String(data)))
  } catch {
    return {}
  }
}
