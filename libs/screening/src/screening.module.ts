import { Module } from '@nestjs/common';
import { AccountsModule } from '@sotto/accounts';
import { AuditModule } from '@sotto/audit';
import { BatchGuard } from './batch-guard.js';
import { Blocks } from './blocks.js';
import { Filters } from './filters.js';
import { Head } from './head.js';
import { LearnedLessons } from './learned-lessons.js';
import { Lessons } from './lessons.js';
import { OutdatedLessons } from './outdated-lessons.js';
import { Overview } from './overview.js';
import { ScreeningController } from './screening.controller.js';
import { ScreeningEraser } from './screening.eraser.js';
import { ScreeningService } from './screening.service.js';

@Module({
  imports: [AccountsModule, AuditModule],
  controllers: [ScreeningController],
  providers: [BatchGuard, Blocks, Filters, Head, LearnedLessons, Lessons, OutdatedLessons, Overview, ScreeningEraser, ScreeningService],
  exports: [BatchGuard, Blocks, Filters, Lessons, OutdatedLessons, ScreeningService],
})
export class ScreeningModule {}
