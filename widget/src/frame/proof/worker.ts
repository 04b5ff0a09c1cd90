import type { WidgetTicket } from '@sotto/protocol';
import { search } from './search';

/** Tries between two looks at the result; nothing else happens here. */
const TRIES = 65_536;

onmessage = ({ data: { ticket, difficulty } }: MessageEvent<WidgetTicket>) => {
  const step = search(ticket, difficulty);
  let nonce: string | undefined;
  while (!nonce) nonce = step(TRIES);
  postMessage(nonce);
};
