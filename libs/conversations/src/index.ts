export * from './conversations.store.js';
export * from './conversations.module.js';
export { ConversationReader, type ReadStateOf } from './conversation-reader.js';
export { ConversationsService, type LocalEvent, type LocalRead } from './conversations.service.js';
export { agentView, visitorView, type People } from './event.views.js';
export type { StoredEvent } from './stored-event.js';
