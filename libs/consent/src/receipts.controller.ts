import { Controller, Get, Param } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { ConsentReceiptView, Id, page } from '@sotto/protocol';
import { ConsentService } from './consent.service.js';

@Controller('contacts')
export class ReceiptsController {
  constructor(private readonly consent: ConsentService) {}

  /** What a contact agreed to and took back, newest first. */
  @Get(':id/receipts')
  @Allow('contact.read')
  @Answers(page(ConsentReceiptView))
  async list(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return { items: await this.consent.receiptsOf(actor, id), nextCursor: null };
  }
}
