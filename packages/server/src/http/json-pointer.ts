/** Longer pointers would only repeat what the client sent. */
const maxCharacters = 200;

/** A JSON Pointer (RFC 6901) to where these steps lead. */
export const toPointer = (steps: readonly PropertyKey[]): string =>
  steps
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, maxCharacters);
