import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, ShownOnce, SignedIn, StepUp } from '@sotto/platform';
import { ApiTokenView, Id, NewApiToken, NewApiTokenAnswer, page } from '@sotto/protocol';
import type { z } from 'zod';
import { ApiTokens } from './api-tokens.service.js';

@Controller('api-tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get()
  @SignedIn()
  @Answers(page(ApiTokenView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.tokens.list(actor), nextCursor: null };
  }

  @Post()
  @Allow('token.manage')
  @StepUp()
  @ShownOnce()
  @Answers(NewApiTokenAnswer, 201)
  create(@CurrentActor() actor: MemberActor, @Body({ schema: NewApiToken }) input: z.output<typeof NewApiToken>) {
    return this.tokens.create(actor, input);
  }

  @Delete(':id')
  @HttpCode(204)
  @SignedIn()
  revoke(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id): Promise<void> {
    return this.tokens.revoke(actor, id);
  }
}
