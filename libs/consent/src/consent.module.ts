import { Module } from '@nestjs/common';
import { ConsentService } from './consent.service.js';
import { PoliciesController } from './policies.controller.js';
import { ReceiptsController } from './receipts.controller.js';
import { PoliciesService } from './policies.service.js';

@Module({
  controllers: [PoliciesController, ReceiptsController],
  providers: [ConsentService, PoliciesService],
  exports: [ConsentService, PoliciesService],
})
export class ConsentModule {}
