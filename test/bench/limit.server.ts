/**
 * The bare limit: what socket.io and pg do on this machine with nothing around them. It keeps the same promise
 * (a place in the conversation, an ack after commit, everybody told) and nothing else: no accounts, no
 * permissions, no encryption, no validation, no jobs.
 */
import { createServer } from 'node:http';
import pg from 'pg';
import { Server, type Socket } from 'socket.io';

export type Commit = 'statement' | 'group';
const commit: Commit = process.env.LIMIT_COMMIT === 'group' ? 'group' : 'statement';

const schema = `
  CREATE TABLE IF NOT EXISTS conversation (id uuid PRIMARY KEY, last_seq bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS message (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL, seq bigint NOT NULL, author text NOT NULL, client_message_id uuid NOT NULL,
    body text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, seq), UNIQUE (conversation_id, author, client_message_id));`;

const one = `
  WITH raised AS (UPDATE conversation SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq)
  INSERT INTO message (id, conversation_id, seq, author, client_message_id, body)
  SELECT $2, $1, last_seq, $3, $4, $5 FROM raised RETURNING seq`;

const many = `
  WITH batch AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[])
      WITH ORDINALITY AS row (conversation_id, id, author, client_message_id, body, place)),
  raised AS (
    UPDATE conversation SET last_seq = last_seq + share.size
    FROM (SELECT conversation_id, count(*) AS size FROM batch GROUP BY conversation_id) AS share
    WHERE conversation.id = share.conversation_id RETURNING conversation.id, last_seq - share.size AS before)
  INSERT INTO message (id, conversation_id, seq, author, client_message_id, body)
  SELECT batch.id, conversation_id, before + row_number() OVER (PARTITION BY conversation_id ORDER BY place), author, client_message_id, body
  FROM batch JOIN raised ON raised.id = conversation_id RETURNING id, seq`;

interface Message {
  conversationId: string;
  id: string;
  author: string;
  clientMessageId: string;
  body: string;
}
interface Waiting {
  message: Message;
  done: (seq: number) => void;
}

/** Commits whatever has gathered while the commit before it ran. A conversation always has the same writer. */
class Writer {
  private waiting: Waiting[] = [];
  private busy = false;

  add(message: Message): Promise<number> {
    return new Promise((done) => {
      this.waiting.push({ message, done });
      if (!this.busy) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, 500);
      const [only] = batch;
      if (only && batch.length === 1) only.done(await storeOne(only.message));
      else await this.storeMany(batch);
    }
    this.busy = false;
  }

  private async storeMany(batch: Waiting[]): Promise<void> {
    const column = (name: keyof Message) => batch.map(({ message }) => message[name]);
    const values = [column('conversationId'), column('id'), column('author'), column('clientMessageId'), column('body')];
    const { rows } = await pool.query<{ id: string; seq: string }>({ name: 'many', text: many, values });
    const seqs = new Map(rows.map((row) => [row.id, Number(row.seq)]));
    for (const { message, done } of batch) done(seqs.get(message.id) ?? 0);
  }
}

const pool = new pg.Pool({ connectionString: process.env.LIMIT_DATABASE_URL, max: 10 });
const writers = [new Writer(), new Writer()];
const http = createServer();
const io = new Server(http, { path: '/socket', transports: ['websocket'], perMessageDeflate: false });
const agents = io.of('/agent');
const visitors = io.of('/visitor');

function store(message: Message): Promise<number> {
  if (commit === 'statement') return storeOne(message);
  return (writers[Number.parseInt(message.conversationId.slice(-1), 16) % writers.length] as Writer).add(message);
}

async function storeOne(message: Message): Promise<number> {
  const values = [message.conversationId, message.id, message.author, message.clientMessageId, message.body];
  const { rows } = await pool.query<{ seq: string }>({ name: 'one', text: one, values });
  return Number(rows[0]?.seq);
}

async function send(
  socket: Socket,
  input: { conversationId: string; clientMessageId: string; body: string },
  ack: (answer: object) => void,
): Promise<void> {
  const message = { id: crypto.randomUUID(), author: String(socket.handshake.auth['token']), ...input };
  const seq = await store(message);
  const event = { seq, prev: seq - 1, type: 'message.created', at: new Date().toISOString(), ...message };
  ack({ ok: true, id: message.id, seq });
  visitors.to(input.conversationId).emit('event', event);
  agents.emit('event', event);
}

visitors.on('connection', (socket) => {
  socket.on('conversation.start', async (_input: unknown, ack: (answer: object) => void) => {
    const conversationId = crypto.randomUUID();
    await pool.query('INSERT INTO conversation VALUES ($1, 0)', [conversationId]);
    await socket.join(conversationId);
    ack({ ok: true, conversationId });
  });
  socket.on('message.send', (input: Parameters<typeof send>[1], ack: (answer: object) => void) => void send(socket, input, ack));
});

await pool.query(schema);
http.listen(Number(process.env.LIMIT_PORT), '127.0.0.1', () => console.log('ready'));
