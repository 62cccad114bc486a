/** The road of an operation that Chop does, or else the vendor's component. */
import { type AskOptions } from './ask.js';
import type { AskState } from './ask-state.js';
import type { BrowserWindow } from './browser-window.js';
import { type ComponentRequest } from './hipki-component.js';
import type { Operation } from './operations.js';
/** Where an operation stands, for the page to show. */
export type HipkiState = AskState
/** The vendor's component is in the small window, and has the request or waits for a PIN. */
 | {
    readonly state: 'component';
};
/** What every operation may be told. */
export interface HipkiOptions extends Omit<AskOptions, 'onState'> {
    /** As in `@chop/bridge`, with one state more. */
    readonly onState?: (state: HipkiState) => void;
    /** The component's origin, which is also the port of enterprise cards' (`:16888`). */
    readonly component?: string;
}
/** What operations may be told that the component wants a PIN for. */
export interface PinOptions extends HipkiOptions {
    /**
     * Asks the person for the PIN, in the page; `undefined` when they give none. Called only when the
     * component is there and Chop is not, and once: Chop takes the PIN in a window of its own.
     */
    readonly pin: () => string | undefined | Promise<string | undefined>;
}
/** One operation, as each of the two does it. */
export interface Either<T> {
    readonly chop: Operation<T>;
    readonly component: ComponentRequest<T>;
}
/**
 * Asks Chop on this computer, and the vendor's component where there is none.
 *
 * @param ask gives the PIN; `undefined` where none is needed.
 * @throws {BridgeError} as `ask`; `agent_unreachable` when neither of the two is there.
 */
export declare function askEither<T>(win: BrowserWindow | undefined, either: Either<T>, options: HipkiOptions, pin?: PinOptions['pin']): Promise<T>;
