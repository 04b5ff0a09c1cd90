export * from './primitives.js';
export * from './errors.js';
export * from './permissions.js';
export * from './accounts.js';
export * from './inboxes.js';
export * from './widget.js';
export * from './conversations.js';
export * from './sockets.js';
