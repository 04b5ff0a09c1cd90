import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MembersController } from './members.controller.js';
import { MembersEraser } from './members.eraser.js';
import { MembersService } from './members.service.js';
import { SetupService } from './setup.service.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [MembersController],
  providers: [MembersService, MembersEraser, SetupService],
  exports: [MembersService, SetupService],
})
export class AccountsModule {}
