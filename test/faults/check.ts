import type { Acked, Item, List, RunLog } from './log.js';

/** One broken promise: which rule, and where. */
export interface Violation {
  rule: Rule;
  detail: string;
}

export type Rule =
  | 'sent.not-stored'
  | 'acked.not-stored'
  | 'acked.differently'
  | 'stored.altered'
  | 'stored.not-sent'
  | 'stored.twice'
  | 'seq.gap'
  | 'prev.broken'
  | 'delivered.altered'
  | 'list.incomplete'
  | 'list.differs'
  | 'note.leaked'
  | 'job.missing';

/**
 * Holds a run against the promise: an acknowledged message is never lost, never doubled, and everybody
 * sees the same order. Reads nothing but the log, so it judges any server by the same measure.
 */
export function check(log: RunLog): Violation[] {
  return [
    ...everySentIsStored(log),
    ...ackedIsStored(log),
    ...storedIsWhatWasSent(log),
    ...storedOnce(log),
    ...seqRisesWithoutGap(log),
    ...prevLinks(log),
    ...deliveredIsStored(log),
    ...freshIsComplete(log),
    ...keptIsFresh(log),
    ...notesStayInside(log),
    ...waitingHasJob(log),
  ];
}

const messageKey = (part: { conversationId: string; clientMessageId: string | null }) => `${part.conversationId}/${part.clientMessageId}`;
const placeKey = (item: Item) => `${item.conversationId}#${item.seq}`;
const listKey = (list: List) => `${list.client} ${list.conversationId}`;
const isMessage = (item: Item) => item.clientMessageId !== null;

/** Clients try until they know, so even what was never acknowledged has to be there. */
function everySentIsStored({ sent, stored }: RunLog): Violation[] {
  const known = new Set(stored.filter(isMessage).map(messageKey));
  return sent
    .filter((one) => !known.has(messageKey(one)))
    .map((one) => ({ rule: 'sent.not-stored', detail: `${one.client}: ${messageKey(one)}` }));
}

function ackedIsStored({ acked, stored }: RunLog): Violation[] {
  const byMessage = groupBy(stored.filter(isMessage), messageKey);
  const first = new Map<string, Acked>();
  const violations: Violation[] = [];
  for (const ack of acked) {
    const key = messageKey(ack);
    const before = first.get(key);
    if (before && (before.id !== ack.id || before.seq !== ack.seq)) {
      violations.push({ rule: 'acked.differently', detail: `${key} as ${before.seq}, then as ${ack.seq}` });
    }
    if (before) continue;
    first.set(key, ack);
    const rows = byMessage.get(key);
    if (!rows) violations.push({ rule: 'acked.not-stored', detail: `${key} as ${ack.seq}` });
    else if (!rows.some((row) => row.messageId === ack.id && row.seq === ack.seq)) {
      violations.push({ rule: 'acked.differently', detail: `${key} as ${ack.seq}, stored as ${rows.map((row) => row.seq).join(', ')}` });
    }
  }
  return violations;
}

function storedIsWhatWasSent({ sent, stored }: RunLog): Violation[] {
  const bodies = new Map(sent.map((one) => [messageKey(one), one.body]));
  return stored.filter(isMessage).flatMap((item): Violation[] => {
    const body = bodies.get(messageKey(item));
    if (body === undefined) return [{ rule: 'stored.not-sent', detail: messageKey(item) }];
    return body === item.body ? [] : [{ rule: 'stored.altered', detail: messageKey(item) }];
  });
}

function storedOnce({ stored }: RunLog): Violation[] {
  const rows = groupBy(stored.filter(isMessage), (item) => `${item.conversationId}/${item.authorId}/${item.clientMessageId}`);
  return [...rows]
    .filter(([, items]) => items.length > 1)
    .map(([key, items]) => ({ rule: 'stored.twice', detail: `${key} at ${items.map((item) => item.seq).join(', ')}` }));
}

function seqRisesWithoutGap({ stored }: RunLog): Violation[] {
  return [...groupBy(stored, (item) => item.conversationId)].flatMap(([conversationId, items]): Violation[] => {
    const seqs = items.map((item) => item.seq).sort((a, b) => a - b);
    const at = seqs.findIndex((seq, index) => seq !== index + 1);
    return at < 0 ? [] : [{ rule: 'seq.gap', detail: `${conversationId}: expected ${at + 1}, found ${seqs[at]}` }];
  });
}

function prevLinks({ fresh }: RunLog): Violation[] {
  return fresh.flatMap((list): Violation[] => {
    const at = list.items.findIndex((item, index) => item.prev !== (list.items[index - 1]?.seq ?? 0) || item.prev >= item.seq);
    const item = list.items[at];
    return item ? [{ rule: 'prev.broken', detail: `${listKey(list)}: ${item.seq} names ${item.prev}` }] : [];
  });
}

function deliveredIsStored({ delivered, stored }: RunLog): Violation[] {
  const places = new Map(stored.map((item) => [placeKey(item), item]));
  return delivered
    .filter(({ item }) => !sameEvent(item, places.get(placeKey(item))))
    .map(({ client, item }) => ({ rule: 'delivered.altered', detail: `${client} got ${placeKey(item)} (${item.type}), stored otherwise` }));
}

/** What the server answers to one caller leaves out nothing that caller may see. A visitor may see every message but notes. */
function freshIsComplete({ fresh, stored }: RunLog): Violation[] {
  const all = groupBy(stored, (item) => item.conversationId);
  return fresh.flatMap((list): Violation[] => {
    const there = new Set(list.items.map((item) => item.seq));
    const due = (all.get(list.conversationId) ?? []).filter(
      (item) => list.audience === 'agent' || (isMessage(item) && item.kind === 'message'),
    );
    const missing = due.filter((item) => !there.has(item.seq));
    return missing.length === 0 ? [] : [{ rule: 'list.incomplete', detail: `${listKey(list)}: without ${places(missing)}` }];
  });
}

function keptIsFresh({ kept, fresh }: RunLog): Violation[] {
  const answers = new Map(fresh.map((list) => [listKey(list), list]));
  const shown = new Set(kept.map(listKey));
  const unseen = fresh.filter((list) => !shown.has(listKey(list))).map((list) => ({ ...list, items: [] }));
  return [...kept, ...unseen].flatMap((list): Violation[] => {
    const answer = answers.get(listKey(list))?.items ?? [];
    if (list.items.length === answer.length && answer.every((item, index) => sameEvent(item, list.items[index]))) return [];
    const have = new Set(list.items.map((item) => item.seq));
    const missing = answer.filter((item) => !have.has(item.seq));
    const detail =
      missing.length > 0 ? `without ${places(missing)}` : `another order or another content (${list.items.length} of ${answer.length})`;
    return [{ rule: 'list.differs', detail: `${listKey(list)}: ${detail}` }];
  });
}

function notesStayInside({ delivered, kept, fresh }: RunLog): Violation[] {
  const lists = [...kept, ...fresh]
    .filter((list) => list.audience === 'visitor')
    .flatMap((list) => list.items.map((item) => ({ client: list.client, item })));
  const sent = delivered.filter(({ audience }) => audience === 'visitor');
  return [...sent, ...lists]
    .filter(({ item }) => item.kind === 'note')
    .map(({ client, item }) => ({ rule: 'note.leaked', detail: `${client} got ${placeKey(item)}` }));
}

function waitingHasJob({ waiting, jobs }: RunLog): Violation[] {
  const ready = new Set(jobs);
  return waiting.filter((conversationId) => !ready.has(conversationId)).map((detail) => ({ rule: 'job.missing', detail }));
}

function sameEvent(one: Item, other: Item | undefined): boolean {
  return (
    other !== undefined &&
    one.conversationId === other.conversationId &&
    one.seq === other.seq &&
    one.type === other.type &&
    one.authorId === other.authorId &&
    one.messageId === other.messageId &&
    one.clientMessageId === other.clientMessageId &&
    one.kind === other.kind &&
    one.body === other.body
  );
}

function places(items: Item[]): string {
  const shown = items.slice(0, 5).map((item) => item.seq);
  return `${shown.join(', ')}${items.length > shown.length ? ` and ${items.length - shown.length} more` : ''}`;
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
