import { Module } from '@nestjs/common';
import { AccessModule } from '@sotto/access';
import { AccountsModule } from '@sotto/accounts';
import { ConversationsModule } from '@sotto/conversations';
import { InboxesModule } from '@sotto/inboxes';
import { AgentGateway } from './agent.gateway.js';
import { Audiences } from './audiences.js';
import { Connections } from './connections.js';
import { Delivery } from './delivery.js';
import { Heartbeat } from './heartbeat.js';
import { InFlight } from './in-flight.js';
import { Presence } from './presence.js';
import { RequestGate } from './request.gate.js';
import { VisitorGateway } from './visitor.gateway.js';

@Module({
  imports: [AccessModule, AccountsModule, ConversationsModule, InboxesModule],
  providers: [AgentGateway, Audiences, Connections, Delivery, Heartbeat, InFlight, Presence, RequestGate, VisitorGateway],
})
export class RealtimeModule {}
