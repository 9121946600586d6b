/** The value that styles of this very page carry; the gateway allows no others. */
export const NONCE = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

/**
 * Gives the value to style elements that our own scripts make without it: Ant Design locks the scrolling behind a dialog in such
 * a way. What is put into the page from outside does not pass here and stays forbidden.
 */
export function carryNonce(): void {
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const made = create(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = NONCE;
    return made;
  }) as typeof document.createElement;
}
