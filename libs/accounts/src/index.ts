export * from './accounts.store.js';
