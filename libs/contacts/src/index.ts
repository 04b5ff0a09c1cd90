export * from './contacts.store.js';
export * from './contacts.module.js';
export * from './contacts.service.js';
export * from './contact-observer.js';
