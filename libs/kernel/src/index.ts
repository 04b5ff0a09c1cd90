export * from './data-directory.js';
export * from './ids.js';
export * from './clock.js';
export * from './errors.js';
export * from './actor.js';
