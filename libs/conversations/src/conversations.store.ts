import type { Store } from '@sotto/platform';
import { conversationSchema } from './conversation.entity.js';
import { messageSchema } from './message.entity.js';

export const conversationsStore: Store = {
  name: 'conversations',
  entities: [conversationSchema, messageSchema],
  jobs: ['conversation.overdue'],
  dataMap: {
    conversation: {
      purpose: 'Keeping the thread between a person and the team',
      retention: 'Until deleted, or until the person is erased',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        inboxId: 'none',
        contactId: 'pseudonym',
        clientConversationId: 'pseudonym',
        number: 'pseudonym',
        status: 'none',
        assigneeId: 'pseudonym',
        lastSeq: 'none',
        visitorSeq: 'none',
        lastMessageSeq: 'none',
        visitorMessageSeq: 'none',
        visitorReadSeq: 'none',
        agentReadSeq: 'none',
        unreadByAgents: 'none',
        unreadByVisitor: 'none',
        waitingSince: 'none',
        overdue: 'none',
        createdAt: 'none',
        updatedAt: 'none',
        visitorUpdatedAt: 'none',
      },
    },
    message: {
      purpose: 'What was written, and what happened to the conversation',
      retention: 'As long as its conversation',
      protection: 'Both sides’ texts encrypted with the contact’s own key',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        conversationId: 'pseudonym',
        seq: 'none',
        visitorPrev: 'none',
        visibleToVisitor: 'none',
        type: 'none',
        kind: 'none',
        authorKind: 'none',
        authorId: 'pseudonym',
        clientMessageId: 'none',
        bodySealed: 'personal',
        data: 'none',
        createdAt: 'none',
      },
    },
  },
};
