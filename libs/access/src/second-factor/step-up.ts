export { FRESH_MS, assertFresh, freshUntil } from '@sotto/accounts';
