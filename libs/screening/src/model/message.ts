/** What the filter reads of a message. Nothing of it is kept. */
export interface ScreenedMessage {
  /** Decoded text. Only the first 32,768 UTF-16 code units count. */
  text: string;
  subject?: string;
  /** The sender's address; only its domain counts. */
  from?: string;
  /** A mail's headers as they came, unfolded or not. */
  headers?: string;
  /** How it came: web, email, form, api. */
  channel?: string;
  /** Seconds between opening the form or chat and sending. */
  secondsToSend?: number;
}

export type Label = 'spam' | 'ham';

/** More is not read: hostile input must cost no more than a long mail. */
export const READ_AT_MOST = 32_768;
