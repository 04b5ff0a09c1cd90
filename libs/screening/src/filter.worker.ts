import { parentPort } from 'node:worker_threads';
import { FilterRoom, type Request } from './filter-room.js';

/** The thread that reads messages, so that no message, however hostile, holds up anybody else's. */
const room = new FilterRoom();
const port = parentPort;
if (!port) throw new Error('filter.worker runs as a worker thread');

port.on('message', ({ id, request }: { id: number; request: Request }) => {
  try {
    port.postMessage({ id, answer: room.answer(request) });
  } catch (error) {
    // A class and a place, never a message: it might quote what somebody wrote.
    port.postMessage({ id, failure: error instanceof Error ? error.constructor.name : 'Error' });
  }
});
