import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { Id, RoleInput, RolePatch, RoleView, page } from '@sotto/protocol';
import { RolesService } from './roles.service.js';

@Controller('roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Allow('role.manage')
  @Answers(page(RoleView))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.roles.list(actor), nextCursor: null };
  }

  @Post()
  @Allow('role.manage')
  @StepUp()
  @Answers(RoleView, 201)
  create(@CurrentActor() actor: MemberActor, @Body({ schema: RoleInput }) input: RoleInput) {
    return this.roles.create(actor, input);
  }

  @Patch(':id')
  @Allow('role.manage')
  @StepUp()
  @Answers(RoleView)
  patch(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string, @Body({ schema: RolePatch }) patch: RolePatch) {
    return this.roles.patch(actor, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('role.manage')
  @StepUp()
  remove(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.roles.remove(actor, id);
  }
}
