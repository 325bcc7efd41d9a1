/** Browsers and other runtimes without a file system: there is no local key. */
export const readLocalKey = (): Promise<string> => Promise.resolve('');

/** The same for logins. */
export const readLoginKey = (_baseUrl: string): Promise<string> => Promise.resolve('');
