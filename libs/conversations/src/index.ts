export * from './conversations.store.js';
export * from './conversations.module.js';
export { ConversationReader, type AgentHead, type ReadStateOf } from './conversation-reader.js';
export { ConversationsService, type LocalRead } from './conversations.service.js';
export type { LocalEvent } from './event-log.js';
export { agentView, visitorView, type People } from './event.views.js';
export type { StoredEvent } from './stored-event.js';
export { seesAll, type Audience } from './visibility.js';
