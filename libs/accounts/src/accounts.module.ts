import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MembersController } from './members.controller.js';
import { MembersEraser } from './members.eraser.js';
import { MembersService } from './members.service.js';
import { Memberships } from './memberships.service.js';
import { Passwords } from './passwords.service.js';
import { Observers } from './observers.js';
import { SetupService } from './setup.service.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [MembersController],
  providers: [Memberships, MembersService, MembersEraser, Observers, Passwords, SetupService],
  exports: [Memberships, MembersService, Passwords, SetupService],
})
export class AccountsModule {}
