export * from './contacts.store.js';
