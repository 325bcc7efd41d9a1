import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';
import type { Mailer } from '../auth/mailer.js';
import type { Config } from '../config.js';

/** Milliseconds that a mail server may take at each step. */
const timeoutMs = 10_000;

/** A mailer as the process runs it. */
export interface OpenMailer extends Mailer {
  close(): void;
}

/**
 * The mail server that is configured; on one's own machine the log. Nothing on Postgres without a mail server.
 */
export function openMailer(
  { smtpUrl, smtpFrom, databaseUrl }: Pick<Config, 'smtpUrl' | 'smtpFrom' | 'databaseUrl'>,
  logger: Logger,
): OpenMailer | undefined {
  if (smtpUrl !== undefined) return smtpMailer(smtpUrl, smtpFrom ?? '');
  return databaseUrl === undefined
    ? { ...consoleMailer(logger), close: () => undefined }
    : undefined;
}

/** Sends through a mail server; one connection is kept for several mails. */
export function smtpMailer(url: string, from: string): OpenMailer {
  const transport = createTransport({
    url,
    pool: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is text of ours: it reads no file and fetches nothing.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
    },
    close: () => transport.close(),
  };
}

/** Shows mails where the server runs: for one's own machine, where whoever sees the log owns the data. */
export const consoleMailer = (logger: Logger): Mailer => ({
  send: async ({ to, subject }) => logger.warn(`mail to ${to}: ${subject}`),
});
