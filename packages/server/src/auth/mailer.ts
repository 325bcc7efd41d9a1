/** A message to one mailbox. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail. Errors: any, when the mail was not taken. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
