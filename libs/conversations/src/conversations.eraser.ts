import { Injectable } from '@nestjs/common';
import { Eraser, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

/** Erases a person's conversations. Safe to run twice; a crash resumes where it stopped. */
@Injectable()
@Eraser()
export class ConversationsEraser implements SubjectEraser {
  readonly store = 'conversations';

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind !== 'contact') return {};
    const conversations = await this.idsOf(tx, subject);
    const message = await tx.nativeDelete(Message, { conversationId: { $in: conversations } });
    const conversation = await tx.nativeDelete(Conversation, { id: { $in: conversations } });
    return { message, conversation };
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    if (subject.kind !== 'contact') return [];
    const rows = await tx.count(Message, { authorId: subject.id });
    const conversations = await this.idsOf(tx, subject);
    return [
      { table: 'message', rows },
      { table: 'conversation', rows: conversations.length },
    ].filter((trace) => trace.rows > 0);
  }

  private async idsOf(tx: Tx, subject: Subject): Promise<string[]> {
    return (await tx.find(Conversation, { contactId: subject.id }, { fields: ['id'] })).map((conversation) => conversation.id);
  }
}
