/** The road of an operation that Chop does, or else the vendor's component. */

import { askDirectly, type AskOptions } from './ask.js'
import { askByPopup, openPopup, pageOf } from './ask-by-popup.js'
import type { AskState } from './ask-state.js'
import { BridgeError } from './bridge-error.js'
import type { BrowserWindow, Popup } from './browser-window.js'
import { askComponent, COMPONENT, popupForm, type ComponentRequest } from './hipki-component.js'
import type { Operation } from './operations.js'
import { waitForClick } from './wait-for-click.js'

/** Where an operation stands, for the page to show. */
export type HipkiState =
  | AskState
  /** The vendor's component is in the small window, and has the request or waits for a PIN. */
  | { readonly state: 'component' }

/** What every operation may be told. */
export interface HipkiOptions extends Omit<AskOptions, 'onState'> {
  /** As in `@chop/bridge`, with one state more. */
  readonly onState?: (state: HipkiState) => void
  /** The component's origin, which is also the port of enterprise cards' (`:16888`). */
  readonly component?: string
}

/** What operations may be told that the component wants a PIN for. */
export interface PinOptions extends HipkiOptions {
  /**
   * Asks the person for the PIN, in the page; `undefined` when they give none. Called only when the
   * component is there and Chop is not, and once: Chop takes the PIN in a window of its own.
   */
  readonly pin: () => string | undefined | Promise<string | undefined>
}

/** One operation, as each of the two does it. */
export interface Either<T> {
  readonly chop: Operation<T>
  readonly component: ComponentRequest<T>
}

/**
 * Asks Chop on this computer, and the vendor's component where there is none.
 *
 * @param ask gives the PIN; `undefined` where none is needed.
 * @throws {BridgeError} as `ask`; `agent_unreachable` when neither of the two is there.
 */
export async function askEither<T>(
  win: BrowserWindow | undefined,
  either: Either<T>,
  options: HipkiOptions,
  pin?: PinOptions['pin'],
): Promise<T> {
  const direct = await askDirectly(win, either.chop, options)
  if ('answer' in direct) return direct.answer
  const { page, agents, obstacle } = direct
  const { signal, onState, onSimulated, component = COMPONENT } = options
  const { reason } = obstacle

  const chop = {
    url: pageOf(agents),
    talk: async (popup: Popup) => {
      onState?.({ state: 'popup' })
      const onAsked = (): void => onState?.({ state: 'waiting_for_person' })
      const answer = await askByPopup(
        page,
        popup,
        agents,
        either.chop,
        signal,
        onAsked,
        onSimulated,
      )
      return either.chop.parse(answer)
    },
  }
  const vendor = {
    url: popupForm(component),
    talk: (popup: Popup) => {
      onState?.({ state: 'component' })
      return askComponent(page, popup, component, either.component, pin && once(pin), signal)
    },
  }
  // Where nothing seems to be, the component is the likelier one: had Chop been there, the browser
  // would have asked the person, or let us through.
  const absent = reason.code === 'agent_unreachable'
  const roads = !obstacle.popup ? [vendor] : absent ? [vendor, chop] : [chop, vendor]

  // The click that began all this may still be worth a window.
  const open = (): Popup | null => openPopup(page, roads[0]?.url ?? '')
  let popup = absent ? open() : null
  if (popup === null) {
    if (onState === undefined) throw reason
    popup = await waitForClick(page, open, signal, (proceed) =>
      onState({ state: 'needs_click', reason, proceed }),
    )
  }

  try {
    for (const [number, road] of roads.entries()) {
      // The same window goes on: a second one would need a second click.
      if (number > 0) popup.location.replace(road.url)
      try {
        return await road.talk(popup)
      } catch (error) {
        const nobody = error instanceof BridgeError && error.code === 'agent_unreachable'
        if (!nobody) throw error
      }
    }
    throw new BridgeError('agent_unreachable', 'neither Chop nor the HiCOS component answers')
  } finally {
    popup.close()
  }
}

/** @throws {BridgeError} `user_refused` when the person gives none. */
function once(pin: PinOptions['pin']): () => Promise<string> {
  return async () => {
    const entered = await pin()
    if (entered) return entered
    throw new BridgeError('user_refused', 'the person gave the page no PIN')
  }
}
