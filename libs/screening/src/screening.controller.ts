import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import {
  BlockCheck,
  BlockChecked,
  BlockView,
  Id,
  NewBlock,
  PageQuery,
  Performance,
  PerformanceQuery,
  RolledBack,
  ScreeningSettings,
  ScreeningSettingsInput,
  Teachers,
  page,
} from '@sotto/protocol';
import type { z } from 'zod';
import { Blocks } from './blocks.js';
import { Lessons } from './lessons.js';
import { Overview } from './overview.js';

/** Ids of UUIDv7 sort by time, so the last id of a page is its cursor. */
const BlockPage = PageQuery.extend({ cursor: Id.optional() });

@Controller('screening')
export class ScreeningController {
  constructor(
    private readonly overview: Overview,
    private readonly lessons: Lessons,
    private readonly blocks: Blocks,
  ) {}

  @Get('performance')
  @Allow('screening.manage')
  @Answers(Performance)
  performance(@CurrentActor() actor: MemberActor, @Query({ schema: PerformanceQuery }) query: z.infer<typeof PerformanceQuery>) {
    return this.overview.performance(actor, query.days);
  }

  @Get('settings')
  @Allow('screening.manage')
  @Answers(ScreeningSettings)
  settings(@CurrentActor() actor: MemberActor) {
    return this.overview.settings(actor);
  }

  @Put('settings')
  @Allow('screening.manage')
  @Answers(ScreeningSettings)
  change(@CurrentActor() actor: MemberActor, @Body({ schema: ScreeningSettingsInput }) input: ScreeningSettingsInput) {
    return this.overview.setThreshold(actor, input.threshold);
  }

  @Get('teachers')
  @Allow('screening.manage')
  @Answers(Teachers)
  teachers(@CurrentActor() actor: MemberActor) {
    return this.overview.teachers(actor);
  }

  @Post('teachers/:id/roll-back')
  @HttpCode(200)
  @Allow('screening.manage')
  @Answers(RolledBack)
  async rollBack(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return { removed: await this.lessons.rollBack(actor, id) };
  }

  @Get('blocks')
  @Allow('screening.manage')
  @Answers(page(BlockView))
  list(@CurrentActor() actor: MemberActor, @Query({ schema: BlockPage }) query: z.infer<typeof BlockPage>) {
    return this.blocks.list(actor, query);
  }

  @Post('blocks')
  @Allow('screening.manage')
  @Answers(BlockView, 201)
  block(@CurrentActor() actor: MemberActor, @Body({ schema: NewBlock }) input: z.infer<typeof NewBlock>) {
    return this.blocks.add(actor, input);
  }

  @Post('blocks/check')
  @HttpCode(200)
  @Allow('screening.manage')
  @Answers(BlockChecked)
  async check(@CurrentActor() actor: MemberActor, @Body({ schema: BlockCheck }) input: z.infer<typeof BlockCheck>) {
    return { block: await this.blocks.check(actor, input.value) };
  }

  @Delete('blocks/:id')
  @HttpCode(204)
  @Allow('screening.manage')
  unblock(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.blocks.remove(actor, id);
  }
}
