export * from './consent.store.js';
export * from './consent.module.js';
export * from './consent.service.js';
export * from './policies.service.js';
