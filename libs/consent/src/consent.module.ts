import { Module } from '@nestjs/common';
import { ContactGateModule } from '@sotto/access';
import { ConsentService } from './consent.service.js';
import { PoliciesController } from './policies.controller.js';
import { ReceiptsController } from './receipts.controller.js';
import { PoliciesService } from './policies.service.js';

@Module({
  imports: [ContactGateModule],
  controllers: [PoliciesController, ReceiptsController],
  providers: [ConsentService, PoliciesService],
  exports: [ConsentService, PoliciesService],
})
export class ConsentModule {}
