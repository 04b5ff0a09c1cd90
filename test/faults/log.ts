/** What the checker is given: everything the clients saw, and what is stored once all is quiet. */
export interface RunLog {
  /** Every message a client meant to send, once each, however often it was tried. */
  sent: Sent[];
  /** Every acknowledgement that arrived, repeated ones too. */
  acked: Acked[];
  /** Every event that reached a client over its socket, repeated ones too. */
  delivered: Delivered[];
  /** The list each client shows in the end. */
  kept: List[];
  /** The same lists as the server answers them to the same callers, read from the first event. */
  fresh: List[];
  /** Every event of every conversation, as agents may see it. */
  stored: Item[];
  /** Conversations in which somebody waits for an answer. */
  waiting: string[];
  /** Conversations for which a job stands ready to notice that nobody answered. */
  jobs: string[];
}

export interface Sent {
  client: string;
  conversationId: string;
  clientMessageId: string;
  body: string;
}

export interface Acked {
  client: string;
  conversationId: string;
  clientMessageId: string;
  id: string;
  seq: number;
}

/** An event, reduced to what identifies it and to its place. The message fields are null where it is not a message. */
export interface Item {
  conversationId: string;
  seq: number;
  prev: number;
  type: string;
  authorId: string | null;
  messageId: string | null;
  clientMessageId: string | null;
  kind: string | null;
  body: string | null;
}

export interface Delivered {
  client: string;
  audience: 'visitor' | 'agent';
  item: Item;
}

export interface List {
  client: string;
  audience: 'visitor' | 'agent';
  conversationId: string;
  items: Item[];
}
