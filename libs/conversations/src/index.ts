export * from './conversations.store.js';
export * from './conversations.module.js';
export { ConversationReader } from './conversation-reader.js';
export { EventReader, type AgentHead } from './event-reader.js';
export { ConversationsService, type LocalRead } from './conversations.service.js';
export type { LocalEvent } from './event-log.js';
export { agentView, visitorView } from './event.views.js';
export type { StoredEvent } from './stored-event.js';
export { seesAll, type Audience } from './visibility.js';
