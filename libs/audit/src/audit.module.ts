import { Global, Module } from '@nestjs/common';
import { AuditEraser } from './audit.eraser.js';
import { AuditLog } from './audit-log.js';

/** Global: every library writes its acts down. */
@Global()
@Module({
  providers: [AuditEraser, AuditLog],
  exports: [AuditLog],
})
export class AuditModule {}
