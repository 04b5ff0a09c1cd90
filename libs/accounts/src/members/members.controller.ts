import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { Id, MemberPatch, MemberView, NewInvitation, page } from '@sotto/protocol';
import type { z } from 'zod';
import { InvitationsService } from './invitations.service.js';
import { MemberAdministration } from './member-administration.js';
import { MembersService } from './members.service.js';

@Controller('members')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly administration: MemberAdministration,
    private readonly invitations: InvitationsService,
  ) {}

  @Get()
  @Allow('member.read')
  @Answers(page(MemberView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.members.list(actor), nextCursor: null };
  }

  @Post('invitations')
  @Allow('member.manage')
  @Answers(MemberView, 201)
  invite(@CurrentActor() actor: MemberActor, @Body({ schema: NewInvitation }) input: z.output<typeof NewInvitation>) {
    return this.invitations.invite(actor, input);
  }

  @Post(':id/invitation')
  @HttpCode(200)
  @Allow('member.manage')
  @Answers(MemberView)
  inviteAgain(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.invitations.resend(actor, id);
  }

  @Delete(':id/invitation')
  @HttpCode(204)
  @Allow('member.manage')
  revokeInvitation(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.invitations.revoke(actor, id);
  }

  /** Role and status ask for a fresh proof in the service; teams alone do not. */
  @Patch(':id')
  @Allow('member.manage')
  @Answers(MemberView)
  patch(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string, @Body({ schema: MemberPatch }) patch: MemberPatch) {
    return this.administration.patch(actor, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('member.manage')
  @StepUp()
  remove(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.administration.remove(actor, id);
  }
}
