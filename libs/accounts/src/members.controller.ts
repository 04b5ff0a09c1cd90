import { Controller, Get } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { MemberView, page } from '@sotto/protocol';
import { MembersService } from './members.service.js';

@Controller('members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Allow('member.read')
  @Answers(page(MemberView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.members.list(actor), nextCursor: null };
  }
}
