import type {
  EventsAnswer,
  Language,
  NewVisitorSession,
  Page,
  VisitorConversationView,
  VisitorSessionView,
  WidgetConfig,
} from '@sotto/protocol';
import type { Call } from './api.js';

/** What the widget may ask, over `createCall({ token })`. */
export const visitorApi = (call: Call) => ({
  config: (key: string, language?: Language) =>
    call<WidgetConfig>('GET', `/widget/v1/inboxes/${encodeURIComponent(key)}`, { query: { language } }),
  createSession: (input: NewVisitorSession) => call<VisitorSessionView>('POST', '/widget/v1/sessions', { body: input }),
  withdrawConsent: () => call<void>('POST', '/widget/v1/consent/withdraw'),
  conversations: (limit?: number) => call<Page<VisitorConversationView>>('GET', '/api/v1/conversations', { query: { limit } }),
  eventsBefore: (id: string, before: number) => call<EventsAnswer>('GET', `/api/v1/conversations/${id}/events`, { query: { before } }),
});
export type VisitorApi = ReturnType<typeof visitorApi>;
