import type { Permission } from '@sotto/protocol';

/**
 * What a route is to somebody it does not belong to.
 * one: it names a thing, which for them is not there. many: it answers with what is theirs and nothing else.
 * making: it makes something of their own. self: it is about the caller alone. anybody: it is public.
 */
export type Kind = 'one' | 'many' | 'making' | 'self' | 'anybody';

export interface Right {
  kind: Kind;
  /** A permission; or what else it takes. `person`: any member, no program. `member`: any member, programs too. */
  needs: Permission | 'nothing' | 'person' | 'member' | 'unfinished';
  /** Asks for a proof of who is there that is at most ten minutes old. */
  fresh?: true;
  /** The thing is a conversation of a team, or somebody who wrote in one: for colleagues outside it is not there. */
  ofTeam?: true;
}

const anybody: Right = { kind: 'anybody', needs: 'nothing' };
const self: Right = { kind: 'self', needs: 'person' };
const fresh = (right: Right): Right => ({ ...right, fresh: true });
const one = (needs: Permission): Right => ({ kind: 'one', needs });
const many = (needs: Permission): Right => ({ kind: 'many', needs });
const making = (needs: Permission): Right => ({ kind: 'making', needs });
/** The account's own settings: there is one of each, everybody's is their own. */
const own = (needs: Permission): Right => ({ kind: 'self', needs });
const inTeam = (needs: Permission): Right => ({ kind: 'one', needs, ofTeam: true });

/** Said here a second time, apart from the routes' own decorators, so that neither changes unseen. */
export const ROUTES: Record<string, Right> = {
  'GET /health/live': anybody,
  'GET /health/ready': anybody,
  'GET /api/v1/setup': anybody,
  'POST /api/v1/setup': anybody,
  'POST /api/v1/auth/login': anybody,
  'POST /api/v1/auth/logout': self,
  'GET /api/v1/me': { kind: 'self', needs: 'member' },
  'GET /api/v1/members': many('member.read'),
  'GET /api/v1/contacts/:id': inTeam('contact.read'),
  'PATCH /api/v1/contacts/:id': inTeam('contact.update'),
  'GET /api/v1/contacts/:id/receipts': inTeam('contact.read'),
  'GET /api/v1/policies': many('policy.read'),
  'GET /api/v1/policies/:id': one('policy.read'),
  'POST /api/v1/policies/:id/versions': one('policy.publish'),
  'GET /api/v1/inboxes': many('inbox.read'),
  'POST /api/v1/inboxes': making('inbox.manage'),
  'GET /api/v1/inboxes/:id': one('inbox.read'),
  'PATCH /api/v1/inboxes/:id': one('inbox.manage'),
  'GET /widget/v1/inboxes/:key': anybody,
  'POST /widget/v1/sessions': anybody,
  'POST /widget/v1/consent/withdraw': own('consent.withdraw'),
  'GET /widget/v1/loader.js': anybody,
  'GET /widget/v1/frame': anybody,
  'GET /try/:key': anybody,
  'GET /api/v1/conversations': many('conversation.read'),
  'GET /api/v1/conversations/counts': many('conversation.read'),
  'GET /api/v1/conversations/:id': inTeam('conversation.read'),
  'GET /api/v1/conversations/:id/events': inTeam('conversation.read'),
  'POST /api/v1/conversations/:id/messages': inTeam('conversation.reply'),
  'PATCH /api/v1/conversations/:id': inTeam('conversation.update'),
};

export const EVENTS: Record<string, Kind> = {
  '/agent message.send': 'one',
  '/agent resume': 'many',
  '/agent typing': 'one',
  '/agent read': 'one',
  '/visitor conversation.start': 'making',
  '/visitor message.send': 'one',
  '/visitor resume': 'many',
  '/visitor typing': 'one',
  '/visitor read': 'one',
};
void fresh;
