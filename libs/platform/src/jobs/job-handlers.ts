import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Jobs, type JobHandler } from './jobs.js';

/** Marks a provider that does the jobs of one queue. */
export const Handler = DiscoveryService.createDecorator();

/** Finds the handlers and lets them work while the application runs. */
@Injectable()
export class JobHandlers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const handlers = this.discovery.getProviders({ metadataKey: Handler.KEY }).map((wrapper) => wrapper.instance as JobHandler);
    await this.jobs.start(handlers);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.jobs.stop();
  }
}
