import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { ContactPatch, ContactView, Id } from '@sotto/protocol';
import { ContactsService } from './contacts.service.js';

@Controller('contacts')
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get(':id')
  @Allow('contact.read')
  @Answers(ContactView)
  get(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return this.contacts.get(actor, id);
  }

  @Patch(':id')
  @Allow('contact.update')
  @Answers(ContactView)
  patch(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id, @Body({ schema: ContactPatch }) input: ContactPatch) {
    return this.contacts.patch(actor, id, input);
  }
}
