export * from './access.store.js';
export * from './access.module.js';
export * from './auth.guard.js';
export * from './origins.js';
export { bearerOf, sessionTokenOf } from './session-cookie.js';
export * from './sessions.service.js';
export * from './visitor-sessions.service.js';
