import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Database, LiveFeed, Public } from '@sotto/platform';

/** Longest a readiness check waits for the database, in milliseconds. */
const PATIENCE = 2_000;

@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly live: LiveFeed,
  ) {}

  @Get('live')
  @Public('Watchdogs have no name')
  alive() {
    return { status: 'ok' };
  }

  /** Ready while the database answers. Without Redis messages still arrive, only later, so that is no reason to stop. */
  @Get('ready')
  @Public('Watchdogs have no name')
  async ready(@Res({ passthrough: true }) response: Response) {
    const database = await Promise.race([
      this.database.isReady().catch(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE, false).unref()),
    ]);
    response.status(database ? 200 : 503);
    return {
      status: database ? 'ok' : 'not-ready',
      parts: { database: database ? 'ok' : 'not-ready', liveFeed: this.live.isReady() ? 'ok' : 'not-ready' },
    };
  }
}
