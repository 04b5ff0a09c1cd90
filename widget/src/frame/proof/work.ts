import type { WidgetTicket } from '@sotto/protocol';

/** How long a slice of work holds the page up where there is no thread for it, in milliseconds. */
const SLICE_MS = 12;
const TRIES = 256;

/** Does the work a ticket asks for, beside the page where that can be. Rejects with the signal's reason. */
export function work(ticket: WidgetTicket, signal: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let worker: Worker | undefined;
    const otherwise = () => inSlices(ticket, signal).then(resolve, reject);
    signal.addEventListener('abort', () => {
      worker?.terminate();
      reject(signal.reason);
    });
    try {
      worker = new Worker(new URL('./worker.ts', import.meta.url));
    } catch {
      // Some browsers give frames of others no threads.
      return void otherwise();
    }
    worker.onerror = otherwise;
    worker.onmessage = ({ data }: MessageEvent<string>) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(ticket);
  });
}

async function inSlices({ ticket, difficulty }: WidgetTicket, signal: AbortSignal): Promise<string> {
  const { search } = await import('./search');
  const step = search(ticket, difficulty);
  for (;;) {
    signal.throwIfAborted();
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      const nonce = step(TRIES);
      if (nonce) return nonce;
    }
    await new Promise((next) => setTimeout(next));
  }
}
