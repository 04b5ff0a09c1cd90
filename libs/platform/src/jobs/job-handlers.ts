import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { STORES } from '../registry/store.guard.js';
import type { Store } from '../registry/store.js';
import { Jobs, type JobHandler } from './jobs.js';

/** Marks a provider that does the jobs of one queue. */
export const Handler = DiscoveryService.createDecorator();

/** What is wrong with the jobs, in sentences: each that is put into the queue needs exactly one handler. */
export function jobProblems(stores: readonly Store[], handlers: readonly JobHandler[]): string[] {
  const handled = handlers.map((handler) => handler.job);
  const missing = stores.flatMap((store) => (store.jobs ?? []).filter((job) => !handled.includes(job)));
  const doubled = new Set(handled.filter((job, index) => handled.indexOf(job) !== index));
  return [...missing.map((job) => `Job ${job} has no handler`), ...[...doubled].map((job) => `Job ${job} has two handlers`)];
}

/** Finds the handlers and lets them work while the application runs. */
@Injectable()
export class JobHandlers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: Jobs,
    @Inject(STORES) private readonly stores: readonly Store[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const handlers = this.discovery.getProviders({ metadataKey: Handler.KEY }).map((wrapper) => wrapper.instance as JobHandler);
    const problems = jobProblems(this.stores, handlers);
    if (problems.length > 0) throw new Error(`Sotto will not start:\n${problems.join('\n')}`);
    await this.jobs.start(handlers);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.jobs.stop();
  }
}
