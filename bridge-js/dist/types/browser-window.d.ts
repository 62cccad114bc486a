/** What the bridge needs of the page's window. Tests bring their own, with a clock of their own. */
/** A window that this one opened. */
export type Popup = Pick<Window, 'closed' | 'postMessage' | 'close'> & {
    readonly location: Pick<Location, 'replace'>;
};
/** How a permission stands; it changes by itself. */
export type Permission = Pick<PermissionStatus, 'state' | 'addEventListener' | 'removeEventListener'>;
/** Chromium's view of Permissions-Policy; other browsers have none. */
export interface FeaturePolicy {
    features(): readonly string[];
    allowsFeature(name: string): boolean;
}
/** The page's window. */
export type BrowserWindow = Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & Pick<Window, 'isSecureContext' | 'origin' | 'clearTimeout'> & {
    readonly top: unknown;
    readonly performance: Pick<Performance, 'now'>;
    readonly document: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
        readonly featurePolicy?: FeaturePolicy;
    };
    readonly navigator: {
        readonly permissions?: {
            query(permission: {
                name: never;
            }): Promise<Permission>;
        };
    };
    fetch(url: string, init: RequestInit): Promise<Response>;
    open(url: string, target: string, features: string): Popup | null;
    setTimeout(action: () => void, ms: number): number;
};
/** The window that this code runs in; `undefined` in workers and on servers. */
export declare function ownWindow(): BrowserWindow | undefined;
