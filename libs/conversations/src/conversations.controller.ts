import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import type { Actor, MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import {
  ConversationCounts,
  ConversationPatch,
  ConversationQuery,
  ConversationStartAck,
  ConversationView,
  EventsAnswer,
  EventsQuery,
  Id,
  MessageAck,
  NewConversation,
  NewMessage,
  page,
} from '@sotto/protocol';
import { ConversationList } from './conversation-list.js';
import { ConversationReader } from './conversation-reader.js';
import { ConversationsService } from './conversations.service.js';
import { EventReader } from './event-reader.js';

@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly conversationList: ConversationList,
    private readonly reader: ConversationReader,
    private readonly eventReader: EventReader,
  ) {}

  @Get()
  @Allow('conversation.read')
  @Answers(page(ConversationView))
  list(@CurrentActor() actor: Actor, @Query({ schema: ConversationQuery }) query: ConversationQuery) {
    return actor.kind === 'visitor' ? this.conversationList.listOwn(actor, query) : this.conversationList.list(actor, query);
  }

  @Post()
  @HttpCode(201)
  @Allow('conversation.create')
  @Answers(ConversationStartAck, 201)
  create(@CurrentActor() actor: MemberActor, @Body({ schema: NewConversation }) input: NewConversation) {
    return this.conversations.create(actor, input);
  }

  @Get('counts')
  @Allow('conversation.update')
  @Answers(ConversationCounts)
  counts(@CurrentActor() actor: MemberActor) {
    return this.conversationList.counts(actor);
  }

  @Get(':id')
  @Allow('conversation.read')
  @Answers(ConversationView)
  get(@CurrentActor() actor: Actor, @Param('id', { schema: Id }) id: Id) {
    return this.reader.get(actor, id);
  }

  @Get(':id/events')
  @Allow('conversation.read')
  @Answers(EventsAnswer)
  events(@CurrentActor() actor: Actor, @Param('id', { schema: Id }) id: Id, @Query({ schema: EventsQuery }) query: EventsQuery) {
    return this.eventReader.events(actor, id, query);
  }

  @Post(':id/messages')
  @HttpCode(201)
  @Allow('conversation.reply')
  @Answers(MessageAck, 201)
  send(@CurrentActor() actor: Actor, @Param('id', { schema: Id }) id: Id, @Body({ schema: NewMessage }) input: NewMessage) {
    return this.conversations.send(actor, id, input);
  }

  @Patch(':id')
  @Allow('conversation.update')
  @Answers(ConversationView)
  patch(
    @CurrentActor() actor: MemberActor,
    @Param('id', { schema: Id }) id: Id,
    @Body({ schema: ConversationPatch }) input: ConversationPatch,
  ) {
    return this.conversations.patch(actor, id, input);
  }
}
