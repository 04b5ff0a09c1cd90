import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor } from '@sotto/platform';
import {
  BlockSender,
  BlockView,
  BulkAnswer,
  BulkUndo,
  BulkVerdict,
  Id,
  LessonQuery,
  LessonView,
  ScreeningExplanation,
  TeachAnswer,
  TeachInput,
  page,
} from '@sotto/protocol';
import type { z } from 'zod';
import { VerdictsService } from './verdicts.service.js';

/** Ids of UUIDv7 sort by time, so the last id of a page is its cursor. */
const LessonPage = LessonQuery.extend({ cursor: Id.optional() });

@Controller()
export class VerdictsController {
  constructor(private readonly verdicts: VerdictsService) {}

  @Post('conversations/:id/screening')
  @HttpCode(200)
  @Allow('screening.teach')
  @Answers(TeachAnswer)
  teach(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string, @Body({ schema: TeachInput }) input: TeachInput) {
    return this.verdicts.teach(actor, id, input.verdict);
  }

  @Delete('conversations/:id/screening')
  @Allow('screening.teach')
  @Answers(TeachAnswer)
  takeBack(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.verdicts.takeBack(actor, id);
  }

  @Get('conversations/:id/screening')
  @Allow('screening.teach')
  @Answers(ScreeningExplanation)
  explain(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.verdicts.explain(actor, id);
  }

  @Post('screening/verdicts')
  @HttpCode(200)
  @Allow('screening.teach')
  @Answers(BulkAnswer)
  teachMany(@CurrentActor() actor: MemberActor, @Body({ schema: BulkVerdict }) input: BulkVerdict) {
    return this.verdicts.teachMany(actor, input.conversationIds, input.verdict);
  }

  @Post('screening/verdicts/undo')
  @HttpCode(200)
  @Allow('screening.teach')
  @Answers(BulkAnswer)
  takeBackMany(@CurrentActor() actor: MemberActor, @Body({ schema: BulkUndo }) input: BulkUndo) {
    return this.verdicts.takeBackMany(actor, input.conversationIds);
  }

  @Get('screening/lessons')
  @Allow('screening.manage')
  @Answers(page(LessonView))
  lessons(@CurrentActor() actor: MemberActor, @Query({ schema: LessonPage }) query: z.infer<typeof LessonPage>) {
    return this.verdicts.listLessons(actor, query);
  }

  @Post('screening/lessons/:id/accept')
  @HttpCode(200)
  @Allow('screening.manage')
  @Answers(LessonView)
  accept(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.verdicts.accept(actor, id);
  }

  @Delete('screening/lessons/:id')
  @HttpCode(204)
  @Allow('screening.manage')
  drop(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: string) {
    return this.verdicts.drop(actor, id);
  }

  @Post('screening/blocks/of-conversation')
  @Allow('screening.manage')
  @Answers(BlockView, 201)
  blockSender(@CurrentActor() actor: MemberActor, @Body({ schema: BlockSender }) input: z.output<typeof BlockSender>) {
    return this.verdicts.blockSender(actor, input);
  }
}
