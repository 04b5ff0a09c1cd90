import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, SignedIn, StepUp } from '@sotto/platform';
import { OwnershipOffer, OwnershipOfferView } from '@sotto/protocol';
import type { z } from 'zod';
import { OwnershipService } from './ownership.service.js';

/** Offering an account. Accepting is where second factors are known. */
@Controller('ownership/offer')
export class OwnershipController {
  constructor(private readonly ownership: OwnershipService) {}

  @Post()
  @Allow('ownership.transfer')
  @StepUp()
  @Answers(OwnershipOfferView, 201)
  offer(@CurrentActor() actor: MemberActor, @Body({ schema: OwnershipOffer }) input: z.output<typeof OwnershipOffer>) {
    return this.ownership.offer(actor, input);
  }

  @Get()
  @SignedIn()
  @Answers(OwnershipOfferView)
  get(@CurrentActor() actor: MemberActor) {
    return this.ownership.get(actor);
  }

  @Delete()
  @HttpCode(204)
  @SignedIn()
  withdraw(@CurrentActor() actor: MemberActor) {
    return this.ownership.withdraw(actor);
  }
}
