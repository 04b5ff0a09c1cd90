export * from './inboxes.store.js';
