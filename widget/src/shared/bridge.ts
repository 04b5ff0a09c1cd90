/** What the page around and the chat in its frame tell each other with postMessage. Neither carries a message's text. */
export type ToFrame =
  /** First of all; tells the frame who its page is. */
  { sotto: 'hello'; open: boolean; values: VisitorHints } | { sotto: 'show' | 'hide' } | { sotto: 'set'; values: VisitorHints };

export type ToPage =
  | { sotto: 'ready' | 'close' }
  | { sotto: 'unread'; count: number }
  /** Consent was given (the next page may load the frame by itself) or withdrawn. */
  | { sotto: 'remember'; on: boolean };

/** What a page knows of its visitor. Fills in the form; nothing is sent before the visitor consents. */
export interface VisitorHints {
  name?: string;
  email?: string;
  language?: string;
}
