/** One sign-in under way, and what became of it. */

import { BridgeError } from '../src/bridge-error.js'
import { signInFrom, type SignInOptions } from '../src/sign-in.js'
import type { SignInState } from '../src/sign-in-state.js'
import { CHALLENGE, type FakeWindow } from './fake-window.js'

export class Scene {
  readonly states: SignInState[] = []
  readonly abort = new AbortController()
  /** The assertion, the code of the error, or whatever else was thrown; `undefined` until then. */
  outcome: unknown
  error: unknown

  constructor(
    readonly win: FakeWindow,
    options: SignInOptions = {},
    challenge = CHALLENGE,
  ) {
    const onState = (state: SignInState): void => void this.states.push(state)
    signInFrom(win, challenge, { signal: this.abort.signal, onState, ...options }).then(
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
