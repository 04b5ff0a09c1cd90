/**
 * A chat server small enough to read at a glance, correct unless told to make one particular mistake. It exists to
 * be caught: a checker that passes the product proves something only if it reports each of these.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { Server, type Socket } from 'socket.io';
import { v7 as uuidv7 } from 'uuid';

export const PLANTED = ['ack-before-commit', 'no-unique-key', 'global-cursor', 'hint-only', 'time-window', 'dropped-job'] as const;
export type Planted = (typeof PLANTED)[number];

const fault = process.env.PLANTED_FAULT as Planted | undefined;
const pool = new pg.Pool({ connectionString: process.env.PLANTED_DATABASE_URL, max: 10 });

/** How far back the hasty server looks, in milliseconds. */
const WINDOW = 500;
const PAGE = 100;
const UNIQUE_VIOLATION = '23505';

const schema = `
  CREATE SEQUENCE IF NOT EXISTS everything;
  CREATE TABLE IF NOT EXISTS conversation (
    id uuid PRIMARY KEY, number serial, visitor text NOT NULL, client_id uuid NOT NULL, last_seq int NOT NULL DEFAULT 0, waiting_since timestamptz,
    UNIQUE (visitor, client_id));
  CREATE TABLE IF NOT EXISTS event (
    id uuid NOT NULL, conversation_id uuid NOT NULL, seq int NOT NULL, by text NOT NULL, author uuid NOT NULL, client_message_id uuid NOT NULL,
    kind text NOT NULL, body text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), UNIQUE (conversation_id, seq));
  CREATE TABLE IF NOT EXISTS job (conversation_id uuid NOT NULL);
  ${fault === 'no-unique-key' ? '' : 'CREATE UNIQUE INDEX IF NOT EXISTS event_once ON event (conversation_id, author, client_message_id);'}`;

interface Caller {
  kind: 'visitor' | 'member';
  id: string;
}
interface Row {
  id: string;
  conversation_id: string;
  seq: number;
  by: 'visitor' | 'member';
  author: string;
  client_message_id: string;
  kind: string;
  body: string;
  at: Date;
}
interface Message {
  clientMessageId: string;
  body: string;
  kind?: 'message' | 'note';
}
type Acknowledge = (answer: object) => void;

/** A visitor's token is also their id; whoever has none is the one member there is. */
const MEMBER: Caller = { kind: 'member', id: '00000000-0000-7000-8000-000000000001' };
const visible = (caller: Caller) => (caller.kind === 'member' ? '' : `AND kind = 'message'`);

async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function send(caller: Caller, conversationId: string, message: Message, ack: Acknowledge, more: object = {}): Promise<void> {
  const confirm = (row: Row) => ack({ ok: true, id: row.id, seq: row.seq, ...more });
  const known = fault === 'no-unique-key' ? undefined : await findMessage(caller, conversationId, message);
  if (known) return confirm(known);
  try {
    const row = await transaction((client) => insert(client, caller, conversationId, message, confirm));
    confirm(row);
    await broadcast(row);
  } catch (error) {
    // The same message came twice and the other one was faster.
    const other = (error as { code?: string }).code === UNIQUE_VIOLATION ? await findMessage(caller, conversationId, message) : undefined;
    if (!other) throw error;
    confirm(other);
  }
}

async function insert(
  client: pg.PoolClient,
  caller: Caller,
  conversationId: string,
  message: Message,
  confirm: (row: Row) => void,
): Promise<Row> {
  const seq = await nextSeq(client, caller, conversationId);
  const values = [uuidv7(), conversationId, seq, caller.kind, caller.id, message.clientMessageId, message.kind ?? 'message', message.body];
  const { rows } = await client.query<Row>('INSERT INTO event VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *', values);
  const row = rows[0] as Row;
  await keepWaiting(client, row);
  if (fault === 'ack-before-commit') {
    confirm(row);
    await wait(40);
  }
  return row;
}

async function findMessage(caller: Caller, conversationId: string, message: Message): Promise<Row | undefined> {
  const values = [conversationId, caller.id, message.clientMessageId];
  const { rows } = await pool.query<Row>(
    'SELECT * FROM event WHERE conversation_id = $1 AND author = $2 AND client_message_id = $3',
    values,
  );
  return rows[0];
}

async function nextSeq(client: pg.PoolClient, caller: Caller, conversationId: string): Promise<number> {
  if (fault === 'global-cursor') {
    const { rows } = await client.query<{ seq: string }>(`SELECT nextval('everything') AS seq`);
    // Any slow statement will do: places are given out before it, and seen after it.
    if (caller.kind === 'visitor') await wait(60);
    return Number(rows[0]?.seq);
  }
  const { rows } = await client.query<{ last_seq: number }>(
    'UPDATE conversation SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq',
    [conversationId],
  );
  return rows[0]?.last_seq ?? 0;
}

async function keepWaiting(client: pg.PoolClient, row: Row): Promise<void> {
  if (row.kind === 'note') return;
  if (row.by === 'member') {
    await client.query('UPDATE conversation SET waiting_since = NULL WHERE id = $1', [row.conversation_id]);
    await client.query('DELETE FROM job WHERE conversation_id = $1', [row.conversation_id]);
    return;
  }
  const { rowCount } = await client.query('UPDATE conversation SET waiting_since = now() WHERE id = $1 AND waiting_since IS NULL', [
    row.conversation_id,
  ]);
  const enqueue = 'INSERT INTO job VALUES ($1)';
  if (rowCount === 0) return;
  if (fault === 'dropped-job') setTimeout(() => void pool.query(enqueue, [row.conversation_id]), 100);
  else await client.query(enqueue, [row.conversation_id]);
}

async function start(caller: Caller, input: { clientConversationId: string; message: Message }, ack: Acknowledge): Promise<void> {
  const insert = `INSERT INTO conversation (id, visitor, client_id) VALUES ($1, $2, $3) ON CONFLICT (visitor, client_id) DO UPDATE SET client_id = $3 RETURNING id, number`;
  const { rows } = await pool.query<{ id: string; number: number }>(insert, [uuidv7(), caller.id, input.clientConversationId]);
  const { id = '', number = 0 } = rows[0] ?? {};
  await send(caller, id, input.message, ack, { conversationId: id, number });
}

/** `prev` differs by audience, so it is found out when it is asked for. */
const eventsSql = (caller: Caller) => `
  SELECT event.*, coalesce((SELECT max(seq) FROM event AS earlier WHERE earlier.conversation_id = event.conversation_id AND earlier.seq < event.seq ${visible(caller)}), 0) AS prev
  FROM event WHERE conversation_id = $1 ${visible(caller)}`;

async function eventsAfter(caller: Caller, conversationId: string, after: number): Promise<object> {
  const { rows } = await pool.query<Row & { prev: number }>(`${eventsSql(caller)} AND seq > $2 ORDER BY seq LIMIT ${PAGE}`, [
    conversationId,
    after,
  ]);
  return {
    events: rows.map(eventView),
    head: await headOf(caller, conversationId),
    more: rows.length === PAGE,
    read: { visitor: 0, agents: 0 },
  };
}

async function headOf(caller: Caller, conversationId: string): Promise<number> {
  const { rows } = await pool.query<{ head: number }>(
    `SELECT coalesce(max(seq), 0) AS head FROM event WHERE conversation_id = $1 ${visible(caller)}`,
    [conversationId],
  );
  return rows[0]?.head ?? 0;
}

async function resume(caller: Caller, input: { conversations: Record<string, number> }, ack: Acknowledge): Promise<void> {
  const answers: Record<string, object> = {};
  for (const [conversationId, after] of Object.entries(input.conversations)) {
    answers[conversationId] =
      fault === 'hint-only'
        ? { events: [], head: after, more: false, read: { visitor: 0, agents: 0 } }
        : fault === 'time-window'
          ? await eventsSince(caller, conversationId, after)
          : await eventsAfter(caller, conversationId, after);
  }
  ack({ ok: true, conversations: answers });
}

async function eventsSince(caller: Caller, conversationId: string, after: number): Promise<object> {
  const since = `${eventsSql(caller)} AND seq > $2 AND at > clock_timestamp() - interval '${WINDOW} milliseconds' ORDER BY seq`;
  const { rows } = await pool.query<Row & { prev: number }>(since, [conversationId, after]);
  return { events: rows.map(eventView), head: rows.at(-1)?.seq ?? after, more: false, read: { visitor: 0, agents: 0 } };
}

const eventView = (row: Row & { prev: number }) => ({
  conversationId: row.conversation_id,
  seq: row.seq,
  prev: row.prev,
  type: 'message.created',
  at: row.at.toISOString(),
  actor: { kind: row.by, id: row.author, name: null },
  message: { id: row.id, clientMessageId: row.client_message_id, kind: row.kind, body: row.body },
});

async function broadcast(row: Row): Promise<void> {
  const one = async (caller: Caller) => {
    const { rows } = await pool.query<Row & { prev: number }>(`${eventsSql(caller)} AND seq = $2 LIMIT 1`, [row.conversation_id, row.seq]);
    return rows.map(eventView)[0];
  };
  const visitor = await visitorOf(row.conversation_id);
  agents.emit('event', await one(MEMBER));
  if (row.kind === 'message') visitors.to(visitor).emit('event', await one({ kind: 'visitor', id: visitor }));
}

async function visitorOf(conversationId: string): Promise<string> {
  const { rows } = await pool.query<{ visitor: string }>('SELECT visitor FROM conversation WHERE id = $1', [conversationId]);
  return rows[0]?.visitor ?? '';
}

async function sendHeads(): Promise<void> {
  const { rows } = await pool.query<{ id: string; visitor: string }>('SELECT id, visitor FROM conversation');
  const heads = await Promise.all(rows.map(async ({ id }) => [id, await headOf(MEMBER, id)] as const));
  agents.emit('head', Object.fromEntries(heads));
  for (const { id, visitor } of rows) visitors.to(visitor).emit('head', { [id]: await headOf({ kind: 'visitor', id: visitor }, id) });
}

async function answer(request: IncomingMessage): Promise<object> {
  const token = request.headers.authorization?.replace('Bearer ', '');
  const caller: Caller = token ? { kind: 'visitor', id: token } : MEMBER;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, conversationId] = /conversations\/([^/]+)\/events$/.exec(url.pathname) ?? [];
  if (conversationId) return eventsAfter(caller, conversationId, Number(url.searchParams.get('after')));
  const mine = caller.kind === 'visitor' ? 'WHERE visitor = $1' : '';
  const { rows } = await pool.query<{ id: string; waiting_since: Date | null }>(
    `SELECT id, waiting_since FROM conversation ${mine}`,
    caller.kind === 'visitor' ? [caller.id] : [],
  );
  return { items: rows.map((row) => ({ id: row.id, waitingSince: row.waiting_since?.toISOString() ?? null })), nextCursor: null };
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  answer(request).then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    () => response.writeHead(500).end(),
  );
}

/** Whatever goes wrong is answered, so that the client tries again. */
function listen(socket: Socket, caller: Caller): void {
  const handle = <T>(name: string, work: (input: T, ack: Acknowledge) => Promise<void>) =>
    socket.on(
      name,
      (input: T, ack: Acknowledge) =>
        void work(input, ack).catch((error: Error) => ack({ ok: false, error: { code: 'internal', message: error.message } })),
    );
  handle<{ clientConversationId: string; message: Message }>('conversation.start', (input, ack) => start(caller, input, ack));
  handle<Message & { conversationId: string }>('message.send', (input, ack) => send(caller, input.conversationId, input, ack));
  handle<{ conversations: Record<string, number> }>('resume', (input, ack) => resume(caller, input, ack));
}

const http = createServer(serve);
const io = new Server(http, { path: '/socket', transports: ['websocket'] });
const agents = io.of('/agent');
const visitors = io.of('/visitor');
agents.on('connection', (socket) => listen(socket, MEMBER));
visitors.on('connection', (socket) => {
  const id = String(socket.handshake.auth['token']);
  void socket.join(id);
  listen(socket, { kind: 'visitor', id });
});

await pool.query(schema);
if (fault !== 'hint-only') setInterval(() => void sendHeads().catch(() => undefined), 1_000);
http.listen(Number(process.env.PLANTED_PORT), '127.0.0.1', () => console.log('ready'));
