/** One operation under way, a sign-in unless it says otherwise, and what became of it. */

import { BridgeError } from '../src/bridge-error.js'
import { askFrom, type AskOptions } from '../src/ask.js'
import type { AskState } from '../src/ask-state.js'
import type { Operation } from '../src/operations.js'
import { signInWith } from '../src/sign-in.js'
import { CHALLENGE, type FakeWindow } from './fake-window.js'

export class Scene {
  readonly states: AskState[] = []
  readonly abort = new AbortController()
  /** The answer, the code of the error, or whatever else was thrown; `undefined` until then. */
  outcome: unknown
  error: unknown

  constructor(
    readonly win: FakeWindow,
    options: AskOptions = {},
    operation: Operation<unknown> = signInWith(CHALLENGE),
  ) {
    const onState = (state: AskState): void => void this.states.push(state)
    askFrom(win, operation, { signal: this.abort.signal, onState, ...options }).then(
      (assertion) => (this.outcome = assertion),
      (error: unknown) => {
        this.error = error
        this.outcome = error instanceof BridgeError ? error.code : error
      },
    )
  }

  get names(): string[] {
    return this.states.map(({ state }) => state)
  }

  /** Why a click is needed. */
  get reason(): string | undefined {
    const state = this.states.filter(({ state }) => state === 'needs_click').at(-1)
    return state?.state === 'needs_click' ? state.reason.code : undefined
  }

  /** The person clicks the page's button. */
  async click(): Promise<void> {
    for (const state of this.states) if (state.state === 'needs_click') state.proceed()
    await this.win.tick(0)
  }
}
