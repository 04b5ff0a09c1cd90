import type { ToFrame, ToPage, VisitorHints } from '../shared/bridge';

export interface PageEvents {
  shown(): void;
  hidden(): void;
  hints(hints: VisitorHints): void;
}

/**
 * The page around the frame. Its origin is learnt from its first message; who may be that page is decided by the
 * server's `frame-ancestors`. Nothing is sent before, and nothing to anybody else.
 */
export class Page {
  private origin: string | undefined;
  private readonly waiting: ToPage[] = [];

  constructor(events: PageEvents) {
    addEventListener('message', ({ source, origin, data }: MessageEvent<ToFrame>) => {
      if (source !== parent || source === window || (this.origin && origin !== this.origin)) return;
      if (data.sotto === 'hello') {
        this.origin = origin;
        for (const message of this.waiting.splice(0)) this.tell(message);
        if (data.open) events.shown();
      }
      if (data.sotto === 'show') events.shown();
      if (data.sotto === 'hide') events.hidden();
      if (data.sotto === 'set' || data.sotto === 'hello') events.hints(data.values);
    });
  }

  tell(message: ToPage): void {
    if (this.origin) parent.postMessage(message, this.origin);
    else this.waiting.push(message);
  }
}
