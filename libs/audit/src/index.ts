export * from './audit.store.js';
export * from './audit.module.js';
export * from './audit-log.js';
export * from './audit-chain.js';
export * from './audit-names.js';
export * from './verify-audit.js';
