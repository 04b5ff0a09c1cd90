import { DiscoveryService } from '@nestjs/core';
import { Injectable } from '@nestjs/common';
import type { SubjectEraser } from './store.js';

/** Marks a provider that removes a person from one store. */
export const Eraser = DiscoveryService.createDecorator();

/** Every eraser there is, found by its mark. */
@Injectable()
export class Erasers {
  constructor(private readonly discovery: DiscoveryService) {}

  all(): SubjectEraser[] {
    return this.discovery.getProviders({ metadataKey: Eraser.KEY }).map((wrapper) => wrapper.instance as SubjectEraser);
  }
}
