export * from './accounts.store.js';
export * from './accounts.module.js';
export * from './account-starter.js';
export * from './members.service.js';
export { needsSecondFactor, permissionsOf } from './rank.js';
export * from './setup.service.js';
