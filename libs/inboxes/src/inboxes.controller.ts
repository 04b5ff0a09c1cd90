import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { Id, InboxPatch, InboxView, NewInbox, page } from '@sotto/protocol';
import { InboxesService } from './inboxes.service.js';

@Controller('inboxes')
export class InboxesController {
  constructor(private readonly inboxes: InboxesService) {}

  @Get()
  @Allow('inbox.read')
  @Answers(page(InboxView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.inboxes.list(actor), nextCursor: null };
  }

  @Post()
  @Allow('inbox.manage')
  @Answers(InboxView, 201)
  create(@CurrentActor() actor: MemberActor, @Body({ schema: NewInbox }) input: NewInbox) {
    return this.inboxes.create(actor, input);
  }

  @Get(':id')
  @Allow('inbox.read')
  @Answers(InboxView)
  get(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return this.inboxes.get(actor, id);
  }

  @Patch(':id')
  @Allow('inbox.manage')
  @Answers(InboxView)
  patch(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id, @Body({ schema: InboxPatch }) input: InboxPatch) {
    return this.inboxes.patch(actor, id, input);
  }
}
