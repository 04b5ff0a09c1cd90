import { setMaxListeners } from 'node:events';

/** The little of a page that @sotto/client listens to. Import it before the client. */
const page = new EventTarget();
const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
setMaxListeners(0, page, document);

Object.assign(globalThis, {
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  document,
});
