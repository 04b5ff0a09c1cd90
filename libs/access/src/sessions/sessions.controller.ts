import { Controller, Delete, Get, HttpCode, Inject, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, SignedIn, type Config } from '@sotto/platform';
import { Id, SessionView } from '@sotto/protocol';
import { clearSessionCookie } from './session-cookie.js';
import { SessionList } from './sessions.list.js';

/** `all=true`: also the one that asks. */
const WhichSessions = z.strictObject({ all: z.enum(['true', 'false']).default('false') });

@Controller('sessions')
export class SessionsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly sessions: SessionList,
  ) {}

  @Get()
  @SignedIn()
  @Answers(z.object({ items: z.array(SessionView) }))
  async list(@CurrentActor() actor: MemberActor) {
    return { items: await this.sessions.list(actor) };
  }

  @Delete(':id')
  @HttpCode(204)
  @SignedIn()
  end(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id): Promise<void> {
    return this.sessions.end(actor, id);
  }

  @Delete()
  @HttpCode(204)
  @SignedIn()
  async endAll(
    @CurrentActor() actor: MemberActor,
    @Query({ schema: WhichSessions }) { all }: z.output<typeof WhichSessions>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.endAll(actor, { withThis: all === 'true' });
    if (all === 'true') clearSessionCookie(this.config, response);
  }
}
