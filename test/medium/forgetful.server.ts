import 'reflect-metadata';
import { createWriteStream } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { queryObjects, writeHeapSnapshot } from 'node:v8';
import { EntityManager } from '@mikro-orm/core';
import { SetupService } from '@sotto/accounts';
import { Database, Erasers, createPglite, readConfig, type Subject } from '@sotto/platform';
import { Filters } from '@sotto/screening';
import { createApplication } from '../../apps/api/src/application.js';

/**
 * A server in a process of its own that erases people and shows its memory. It is never told what to look for: that would be
 * in its memory.
 */
export type Order =
  | { type: 'erase'; subject: Subject }
  | { type: 'heap'; main: string; thread: string }
  /** Keeps a text, so that the search can be seen to find one. */
  | { type: 'remember'; text: string }
  /** Counts what transactions worked with and somebody still keeps. */
  | { type: 'count' };
export type Report = { type: 'ready'; url: string; code: string } | { type: 'done'; counted?: number };

const kept: string[] = [];

const config = readConfig({ SOTTO_LOG_LEVEL: 'silent', SOTTO_PORT: '0', SOTTO_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') });
const app = await createApplication({ config, location: { pglite: await createPglite() } });
await app.listen(0, '127.0.0.1');
config.port = ((app.getHttpServer() as Server).address() as AddressInfo).port;

async function obey(order: Order): Promise<void> {
  if (order.type === 'remember') kept.push(order.text);
  if (order.type === 'erase') {
    const { subject } = order;
    await app.get(Database).in(subject.accountId, async (tx) => {
      for (const eraser of app.get(Erasers, { strict: false }).all()) await eraser.erase(tx, subject);
    });
  }
  if (order.type === 'heap') {
    await pipeline(await app.get(Filters, { strict: false }).heap(), createWriteStream(order.thread));
    writeHeapSnapshot(order.main);
  }
}

process.on('message', (order: Order) => {
  void obey(order).then(() => {
    const counted = order.type === 'count' ? queryObjects(EntityManager, { format: 'count' }) : undefined;
    process.send!({ type: 'done', counted } satisfies Report);
  });
});
process.send!({ type: 'ready', url: `http://localhost:${config.port}`, code: await app.get(SetupService).issueCode() } satisfies Report);
