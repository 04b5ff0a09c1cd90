import type {
  ConsentReceiptView,
  ContactPatch,
  ContactView,
  ConversationCounts,
  ConversationPatch,
  ConversationStatus,
  ConversationView,
  EventsAnswer,
  InboxPatch,
  InboxView,
  Me,
  MemberView,
  MessageAck,
  NewInbox,
  NewMessageInput,
  NewPolicyVersion,
  Page,
  PolicyView,
  SetupInput,
  SetupState,
} from '@sotto/protocol';
import { accessApi } from './access-api.js';
import { adminApi } from './admin-api.js';
import type { Call } from './api.js';
import { screeningApi } from './screening-api.js';
import { uuidv7 } from './ids.js';

export interface ConversationFilter {
  view?: 'all' | 'mine' | 'unassigned';
  status?: ConversationStatus;
  assignee?: string;
  contact?: string;
  team?: string;
  q?: string;
  cursor?: string;
  limit?: number;
}
export interface EventsRange {
  after?: number;
  before?: number;
  limit?: number;
}
interface Paging {
  cursor?: string;
  limit?: number;
}

/** What the panel may ask, over `createCall({ base: '/api/v1' })`. */
export const agentApi = (call: Call) => ({
  ...accessApi(call),
  ...adminApi(call),
  ...screeningApi(call),
  setupState: (signal?: AbortSignal) => call<SetupState>('GET', '/setup', { signal }),
  setup: (input: SetupInput) => call<Me>('POST', '/setup', { body: input }),
  members: (paging: Paging = {}, signal?: AbortSignal) => call<Page<MemberView>>('GET', '/members', { query: { ...paging }, signal }),

  inboxes: (paging: Paging = {}, signal?: AbortSignal) => call<Page<InboxView>>('GET', '/inboxes', { query: { ...paging }, signal }),
  inbox: (id: string, signal?: AbortSignal) => call<InboxView>('GET', `/inboxes/${id}`, { signal }),
  createInbox: (input: Partial<NewInbox> & Pick<NewInbox, 'name'>) =>
    call<InboxView>('POST', '/inboxes', { body: input, idempotencyKey: uuidv7() }),
  updateInbox: (id: string, patch: InboxPatch) => call<InboxView>('PATCH', `/inboxes/${id}`, { body: patch }),

  policies: (paging: Paging = {}, signal?: AbortSignal) => call<Page<PolicyView>>('GET', '/policies', { query: { ...paging }, signal }),
  policy: (id: string, signal?: AbortSignal) => call<PolicyView>('GET', `/policies/${id}`, { signal }),
  publishPolicy: (id: string, input: NewPolicyVersion) =>
    call<PolicyView>('POST', `/policies/${id}/versions`, { body: input, idempotencyKey: uuidv7() }),

  conversations: (filter: ConversationFilter = {}, signal?: AbortSignal) =>
    call<Page<ConversationView>>('GET', '/conversations', { query: { ...filter }, signal }),
  counts: (signal?: AbortSignal) => call<ConversationCounts>('GET', '/conversations/counts', { signal }),
  conversation: (id: string, signal?: AbortSignal) => call<ConversationView>('GET', `/conversations/${id}`, { signal }),
  events: (id: string, range: EventsRange = {}, signal?: AbortSignal) =>
    call<EventsAnswer>('GET', `/conversations/${id}/events`, { query: { ...range }, signal }),
  reply: (id: string, message: NewMessageInput) => call<MessageAck>('POST', `/conversations/${id}/messages`, { body: message }),
  updateConversation: (id: string, patch: ConversationPatch) => call<ConversationView>('PATCH', `/conversations/${id}`, { body: patch }),

  contact: (id: string, signal?: AbortSignal) => call<ContactView>('GET', `/contacts/${id}`, { signal }),
  receipts: (id: string, signal?: AbortSignal) => call<Page<ConsentReceiptView>>('GET', `/contacts/${id}/receipts`, { signal }),
  updateContact: (id: string, patch: ContactPatch) => call<ContactView>('PATCH', `/contacts/${id}`, { body: patch }),
});
