import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { AuditEntryView, AuditFilter, AuditQuery, AuditVerification, page } from '@sotto/protocol';
import { AuditChain } from './audit-chain.js';
import { AuditExport } from './audit-export.js';
import { AuditReader } from './audit-reader.js';

@Controller('audit')
export class AuditController {
  constructor(
    private readonly reader: AuditReader,
    private readonly exporter: AuditExport,
    private readonly chain: AuditChain,
  ) {}

  @Get()
  @Allow('audit.read')
  @Answers(page(AuditEntryView))
  list(@CurrentActor() actor: MemberActor, @Query({ schema: AuditQuery }) query: AuditQuery) {
    return this.reader.list(actor, query);
  }

  @Get('export')
  @Allow('audit.export')
  @StepUp()
  async export(@CurrentActor() actor: MemberActor, @Query({ schema: AuditFilter }) filter: AuditFilter): Promise<StreamableFile> {
    const { name, content } = await this.exporter.csv(actor, filter);
    const file = new StreamableFile(content, { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${name}"` });
    // Nest would end the answer as if it were whole.
    return file.setErrorHandler((error, response) => void (response as unknown as Response).destroy(error));
  }

  @Get('verification')
  @Allow('audit.read')
  @Answers(AuditVerification)
  verify(@CurrentActor() actor: MemberActor) {
    return this.chain.verify(actor.accountId);
  }
}
