import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { Id, NewPolicyVersion, PolicyView, page } from '@sotto/protocol';
import { PoliciesService } from './policies.service.js';

@Controller('policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Get()
  @Allow('policy.read')
  @Answers(page(PolicyView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.policies.list(actor), nextCursor: null };
  }

  @Get(':id')
  @Allow('policy.read')
  @Answers(PolicyView)
  get(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return this.policies.get(actor, id);
  }

  @Post(':id/versions')
  @Allow('policy.publish')
  @Answers(PolicyView, 201)
  publish(
    @CurrentActor() actor: MemberActor,
    @Param('id', { schema: Id }) id: Id,
    @Body({ schema: NewPolicyVersion }) input: NewPolicyVersion,
  ) {
    return this.policies.publish(actor, id, input);
  }
}
