import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ContactsController } from './contacts.controller.js';
import { ContactsEraser } from './contacts.eraser.js';
import { ContactsService } from './contacts.service.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [ContactsController],
  providers: [ContactsEraser, ContactsService],
  exports: [ContactsService],
})
export class ContactsModule {}
