import type { ConversationEvent } from '@sotto/protocol';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat } from './chat';
import type { Conversation } from './conversation';
import { Icon } from './icons';
import { dayOf, say, timeOf } from './language';
import { LinkedText } from './linked-text';
import { LONGEST, reasonFor } from './words';

type Created = Extract<ConversationEvent, { type: 'message.created' }>;

/** Milliseconds within which messages of one writer stand together. */
const TOGETHER = 5 * 60_000;

interface Line {
  id: string;
  at: string;
  own: boolean;
  name: string;
  body: string;
  state?: 'sending' | 'sent' | 'seen' | 'failed';
  code?: string;
}
type Item = Line | { id: string; at: string; notice: string };

/** Thread and unsent messages as one list of lines and notices. */
function itemsOf({ config: { fallbackEmail }, conversation: { thread, unsent } }: Chat): Item[] {
  const events = thread?.events ?? [];
  const answered = events.findLast((event) => event.actor.kind === 'member')?.seq ?? 0;
  const items: Item[] = [];
  for (const event of events) {
    const { at, seq } = event;
    const id = String(seq);
    if (event.type === 'message.created') items.push(lineOf(event, thread!.read.agents));
    else if (event.type === 'status.changed') items.push({ id, at, notice: say(event.status === 'resolved' ? 'resolved' : 'reopened') });
    else if (event.type === 'reply.overdue' && seq > answered) {
      items.push({ id, at, notice: say('overdue') + (fallbackEmail ? ` ${say('overdueEmail', { email: fallbackEmail })}` : '') });
    }
  }
  for (const { clientMessageId, at, body, state, failed } of unsent)
    items.push({ id: clientMessageId, at, body, own: true, name: '', state, code: failed?.code });
  return items;
}

function lineOf({ actor, at, seq, message }: Created, readByAgents: number): Line {
  const own = actor.kind === 'visitor';
  return {
    // The same key before and after the acknowledgement: the bubble stays where it is.
    id: own ? message.clientMessageId : message.id,
    at,
    own,
    name: actor.name ?? say('team'),
    body: message.body,
    ...(own && { state: seq <= readByAgents ? 'seen' : 'sent' }),
  };
}

export function Talk({ chat }: { chat: Chat }) {
  const { conversation } = chat;
  const items = itemsOf(chat);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const resolved = conversation.thread?.events.findLast((event) => event.type === 'status.changed')?.status === 'resolved';

  useLayoutEffect(() => {
    const { current } = list;
    if (current && atEnd.current) current.scrollTop = current.scrollHeight;
  });
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };

  return (
    <div class="talk">
      <Status conversation={conversation} />
      <div class="list" ref={list} onScroll={scrolled} role="log" aria-live="off" aria-label={say('messages')} tabIndex={0}>
        {conversation.thread?.earlier && (
          <button class="link" onClick={() => conversation.loadEarlier()}>
            {say('earlier')}
          </button>
        )}
        {!items.length && <Empty chat={chat} />}
        {items.map((item, at) => (
          <Row key={item.id} conversation={conversation} item={item} before={items[at - 1]} after={items[at + 1]} />
        ))}
        <Writers conversation={conversation} />
      </div>
      <Announcer items={items} />
      <Composer conversation={conversation} resolved={resolved} onSend={() => (atEnd.current = true)} />
    </div>
  );
}

const Empty = ({ chat }: { chat: Chat }) => (
  <div class="empty">
    <p class="hello">{say('hello')}</p>
    <p dir="auto">{chat.config.texts.greeting ?? say('helloMore')}</p>
  </div>
);

const together = (one: Item | undefined, other: Item | undefined): boolean =>
  !!one &&
  !!other &&
  !('notice' in one) &&
  !('notice' in other) &&
  one.own === other.own &&
  one.name === other.name &&
  Date.parse(other.at) - Date.parse(one.at) < TOGETHER &&
  dayOf(one.at) === dayOf(other.at);

function Row({ conversation, item, before, after }: { conversation: Conversation; item: Item; before?: Item; after?: Item }) {
  const day = dayOf(item.at);
  const newDay = !before || dayOf(before.at) !== day;
  return (
    <>
      {newDay && <p class="day">{day}</p>}
      {'notice' in item ? (
        <p class="event">{item.notice}</p>
      ) : (
        <Bubble conversation={conversation} line={item} first={!together(before, item)} last={!together(item, after)} />
      )}
    </>
  );
}

function Bubble({ conversation, line, first, last }: { conversation: Conversation; line: Line; first: boolean; last: boolean }) {
  const { own, name, body, state, at, id } = line;
  const failed = state === 'failed';
  return (
    <article class={`line ${own ? 'own' : 'theirs'}${first ? ' first' : ''}${last ? ' last' : ''}`} aria-label={own ? say('you') : name}>
      {!own && first && (
        <p class="name" dir="auto">
          {name}
        </p>
      )}
      {!own && last && <Face of={name} />}
      <div class={`bubble${failed ? ' failed' : ''}`} dir="auto">
        <LinkedText text={body} />
      </div>
      {failed ? (
        <p class="meta error">
          {say('failed', { reason: reasonFor(line.code, body) })}{' '}
          <button class="link" onClick={() => conversation.retry(id)}>
            {say('retry')}
          </button>{' '}
          <button class="link" onClick={() => conversation.discard(id)}>
            {say('discard')}
          </button>
        </p>
      ) : (
        (last || state === 'sending') && (
          <p class="meta">
            <time dateTime={at}>{timeOf(at)}</time>
            {state && <span> · {say(state)}</span>}
          </p>
        )
      )}
    </article>
  );
}

/** Initials, for the eye only. */
const Face = ({ of }: { of: string }) => (
  <span class="face" aria-hidden="true">
    {of
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0])
      .join('')}
  </span>
);

function Writers({ conversation }: { conversation: Conversation }) {
  const writer = conversation.writers[0];
  if (!writer) return null;
  return (
    <div class="line theirs writing">
      <p class="hidden">{say('typing', { name: writer.actor.name ?? say('team') })}</p>
      <Face of={writer.actor.name ?? say('team')} />
      <div class="bubble dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

/** Reads what others write, from when the chat was opened on; the list itself would be read from its beginning. */
function Announcer({ items }: { items: Item[] }) {
  const newest = items.findLast((item) => 'notice' in item || !item.own);
  const known = useRef<string | undefined>(undefined);
  known.current ??= newest?.id ?? '';
  return (
    <p class="hidden" aria-live="polite">
      {newest && newest.id !== known.current && ('notice' in newest ? newest.notice : `${newest.name}: ${newest.body}`)}
    </p>
  );
}

/** The state of the connection in words, after a moment: short interruptions are nobody's concern. */
function Status({ conversation: { connection, unsent } }: { conversation: Conversation }) {
  const waiting = unsent.filter(({ state }) => state === 'sending').length;
  const words =
    connection.name === 'online'
      ? ''
      : connection.name === 'closed'
        ? connection.reason === 'left'
          ? ''
          : say('unavailable')
        : navigator.onLine
          ? say(connection.name)
          : say('offline');
  return (
    <div role="status">
      {words && (
        <p class="status">
          {words}
          {waiting > 0 && <span> {say('waiting', { count: waiting })}</span>}
        </p>
      )}
    </div>
  );
}

function Composer({ conversation, resolved, onSend }: { conversation: Conversation; resolved: boolean; onSend: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const words = say(resolved ? 'writeAgain' : 'write');
  useEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [conversation.draft]);
  const send = () => {
    onSend();
    conversation.send();
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        maxLength={LONGEST}
        aria-label={words}
        placeholder={words}
        value={conversation.draft}
        enterkeyhint="send"
        onInput={(event) => conversation.write(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While an input method composes, Enter takes its suggestion.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button class="send" type="submit" aria-label={say('send')} aria-disabled={!conversation.draft.trim()}>
        <Icon of="send" />
      </button>
    </form>
  );
}
