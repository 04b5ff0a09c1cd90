export * from './conversations.store.js';
