import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditChain } from './audit-chain.js';
import { AuditController } from './audit.controller.js';
import { AuditEraser } from './audit.eraser.js';
import { AuditExport } from './audit-export.js';
import { AuditLog } from './audit-log.js';
import { AuditReader } from './audit-reader.js';

/** Global: every library writes its acts down. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [AuditController],
  providers: [AuditChain, AuditEraser, AuditExport, AuditLog, AuditReader],
  exports: [AuditLog],
})
export class AuditModule {}
