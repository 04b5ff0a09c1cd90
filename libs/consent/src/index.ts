export * from './consent.store.js';
