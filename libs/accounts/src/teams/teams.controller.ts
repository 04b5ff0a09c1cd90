import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import { Id, TeamInput, TeamPatch, TeamRemoval, TeamView, page } from '@sotto/protocol';
import { TeamsService } from './teams.service.js';

@Controller('teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get()
  @Allow('member.read')
  @Answers(page(TeamView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.teams.list(actor), nextCursor: null };
  }

  @Post()
  @Allow('team.manage')
  @Answers(TeamView, 201)
  create(@CurrentActor() actor: MemberActor, @Body({ schema: TeamInput }) input: TeamInput) {
    return this.teams.create(actor, input);
  }

  @Patch(':id')
  @Allow('team.manage')
  @Answers(TeamView)
  patch(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string, @Body({ schema: TeamPatch }) patch: TeamPatch) {
    return this.teams.patch(actor, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('team.manage')
  remove(
    @CurrentActor() actor: MemberActor,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: TeamRemoval }) removal: TeamRemoval,
  ) {
    return this.teams.remove(actor, id, removal);
  }
}
