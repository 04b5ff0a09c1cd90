import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { bearerOf } from '@sotto/access';
import type { VisitorActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, Public, addressOf } from '@sotto/platform';
import { InboxKey, NewVisitorSession, VisitorSessionView, WidgetConfig, WidgetConfigQuery } from '@sotto/protocol';
import { WidgetService, type Caller } from './widget.service.js';

const callerOf = (request: Request): Caller => ({ origin: request.headers.origin, address: addressOf(request), bearer: bearerOf(request) });

@Controller('widget/v1')
export class WidgetController {
  constructor(private readonly widget: WidgetService) {}

  @Get('inboxes/:key')
  @Public('A visitor has no name before consent; the key is public')
  @Answers(WidgetConfig)
  config(
    @Req() request: Request,
    @Param('key', { schema: InboxKey }) key: string,
    @Query({ schema: WidgetConfigQuery }) query: { language?: string },
  ) {
    return this.widget.config(key, { ...query, address: addressOf(request) });
  }

  @Post('sessions')
  @Public('This is how a visitor gives consent')
  @Answers(VisitorSessionView, 201)
  open(@Req() request: Request, @Body({ schema: NewVisitorSession }) input: NewVisitorSession) {
    return this.widget.openSession(callerOf(request), input);
  }

  @Post('consent/withdraw')
  @HttpCode(204)
  @Allow('consent.withdraw')
  withdraw(@CurrentActor() actor: VisitorActor): Promise<void> {
    return this.widget.withdraw(actor);
  }
}
