/** Standard base64, with the functions that every browser has. */
export declare function toBase64(bytes: Uint8Array): string;
/** `undefined` if it is none. */
export declare function fromBase64(text: string): Uint8Array | undefined;
