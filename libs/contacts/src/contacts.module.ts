import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ContactGateModule } from '@sotto/access';
import { ContactsController } from './contacts.controller.js';
import { ContactsEraser } from './contacts.eraser.js';
import { ContactsService } from './contacts.service.js';

@Module({
  imports: [ContactGateModule, DiscoveryModule],
  controllers: [ContactsController],
  providers: [ContactsEraser, ContactsService],
  exports: [ContactsService],
})
export class ContactsModule {}
