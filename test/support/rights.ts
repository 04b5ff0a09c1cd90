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
  /** The thing is the agent's alone, whatever the role of somebody else. */
  ofAgent?: true;
  /** The thing is the owner's alone. */
  ofOwner?: true;
  /** There may be nothing to do: allowed, and yet answered with "not here" or "not right". */
  perhaps?: true;
}

const anybody: Right = { kind: 'anybody', needs: 'nothing' };
const self: Right = { kind: 'self', needs: 'person' };
const unfinished: Right = { kind: 'self', needs: 'unfinished' };
const perhaps = (right: Right): Right => ({ ...right, perhaps: true });
const ofAgent = (right: Right): Right => ({ ...right, kind: 'one', ofAgent: true });
const ofOwner = (right: Right): Right => ({ ...right, kind: 'one', ofOwner: true });
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
  'GET /api/v1/conversations/counts': many('conversation.update'),
  'GET /api/v1/conversations/:id': inTeam('conversation.read'),
  'GET /api/v1/conversations/:id/events': inTeam('conversation.read'),
  'POST /api/v1/conversations/:id/messages': inTeam('conversation.reply'),
  'PATCH /api/v1/conversations/:id': inTeam('conversation.update'),
  'POST /api/v1/conversations': making('conversation.create'),

  'POST /api/v1/conversations/:id/screening': inTeam('screening.teach'),
  'GET /api/v1/conversations/:id/screening': inTeam('screening.teach'),
  'DELETE /api/v1/conversations/:id/screening': perhaps(inTeam('screening.teach')),
  'POST /api/v1/screening/verdicts': many('screening.teach'),
  'POST /api/v1/screening/verdicts/undo': many('screening.teach'),
  'GET /api/v1/screening/performance': own('screening.manage'),
  'GET /api/v1/screening/settings': own('screening.manage'),
  'PUT /api/v1/screening/settings': own('screening.manage'),
  'GET /api/v1/screening/teachers': many('screening.manage'),
  'POST /api/v1/screening/teachers/:id/roll-back': perhaps(one('screening.manage')),
  'GET /api/v1/screening/lessons': many('screening.manage'),
  'POST /api/v1/screening/lessons/:id/accept': one('screening.manage'),
  'DELETE /api/v1/screening/lessons/:id': one('screening.manage'),
  'GET /api/v1/screening/blocks': many('screening.manage'),
  'POST /api/v1/screening/blocks': making('screening.manage'),
  'POST /api/v1/screening/blocks/of-conversation': inTeam('screening.manage'),
  'POST /api/v1/screening/blocks/check': own('screening.manage'),
  'DELETE /api/v1/screening/blocks/:id': one('screening.manage'),

  'GET /api/v1/auth/methods': anybody,
  'GET /api/v1/auth/state': anybody,
  'GET /api/v1/auth/sso/callback': anybody,
  'GET /api/v1/auth/sso/:accountId': anybody,
  'POST /api/v1/auth/invitation': anybody,
  'POST /api/v1/auth/invitation/accept': anybody,
  'POST /api/v1/auth/password-reset': anybody,
  'POST /api/v1/auth/password-reset/confirm': anybody,
  'GET /dev/mail': anybody,
  'GET /dev/mail.json': anybody,
  'GET /dev/mail/:number': anybody,
  'GET /dev/mail/:number/html': anybody,
  'POST /api/v1/auth/second-factor': unfinished,
  'POST /api/v1/auth/second-factor/passkey/options': unfinished,
  'POST /api/v1/auth/second-factor/passkey': unfinished,
  'GET /api/v1/auth/step-up': self,
  'POST /api/v1/auth/step-up': perhaps(self),
  'POST /api/v1/auth/step-up/passkey/options': perhaps(self),
  'POST /api/v1/auth/step-up/passkey': perhaps(self),
  'GET /api/v1/second-factor': self,
  'POST /api/v1/second-factor/totp': fresh(self),
  'POST /api/v1/second-factor/totp/confirm': perhaps(self),
  'DELETE /api/v1/second-factor/totp': perhaps(fresh(self)),
  'POST /api/v1/second-factor/recovery-codes': perhaps(fresh(self)),
  'POST /api/v1/second-factor/passkeys/options': fresh(self),
  'POST /api/v1/second-factor/passkeys': perhaps(fresh(self)),
  'DELETE /api/v1/second-factor/passkeys/:id': ofAgent(fresh(self)),
  'GET /api/v1/sessions': self,
  'DELETE /api/v1/sessions': self,
  'DELETE /api/v1/sessions/:id': ofAgent(self),
  'PATCH /api/v1/me': self,
  'PUT /api/v1/me/avatar': self,
  'DELETE /api/v1/me/avatar': self,
  'POST /api/v1/me/password': perhaps(self),
  'GET /api/v1/me/sign-ins': self,

  'POST /api/v1/members/invitations': making('member.manage'),
  'POST /api/v1/members/:id/invitation': one('member.manage'),
  'DELETE /api/v1/members/:id/invitation': one('member.manage'),
  'PATCH /api/v1/members/:id': one('member.manage'),
  'DELETE /api/v1/members/:id': fresh(one('member.manage')),
  'DELETE /api/v1/members/:id/second-factor': fresh(one('member.manage')),
  'GET /api/v1/members/:id/avatar': one('member.read'),
  'GET /api/v1/roles': many('role.manage'),
  'POST /api/v1/roles': fresh(making('role.manage')),
  'PATCH /api/v1/roles/:id': fresh(one('role.manage')),
  'DELETE /api/v1/roles/:id': fresh(one('role.manage')),
  'GET /api/v1/teams': many('member.read'),
  'POST /api/v1/teams': making('team.manage'),
  'PATCH /api/v1/teams/:id': one('team.manage'),
  'DELETE /api/v1/teams/:id': one('team.manage'),
  'POST /api/v1/ownership/offer': fresh(making('ownership.transfer')),
  'GET /api/v1/ownership/offer': perhaps(self),
  'DELETE /api/v1/ownership/offer': perhaps(self),
  'POST /api/v1/ownership/accept': perhaps(self),

  'GET /api/v1/settings/security': own('security.read'),
  'PUT /api/v1/settings/security': fresh(own('security.manage')),
  'POST /api/v1/settings/security/test-address': own('security.read'),
  'GET /api/v1/settings/sso': own('security.manage'),
  'PUT /api/v1/settings/sso': fresh(own('security.manage')),
  'DELETE /api/v1/settings/sso': fresh(own('security.manage')),
  'GET /api/v1/settings/mail': own('mail.manage'),
  'PUT /api/v1/settings/mail': fresh(own('mail.manage')),
  'DELETE /api/v1/settings/mail': fresh(own('mail.manage')),
  'POST /api/v1/settings/mail/test': own('mail.manage'),
  'GET /api/v1/api-tokens': self,
  'POST /api/v1/api-tokens': fresh(making('token.manage')),
  'DELETE /api/v1/api-tokens/:id': ofOwner(self),
  'GET /api/v1/audit': many('audit.read'),
  'GET /api/v1/audit/export': fresh(many('audit.export')),
  'GET /api/v1/audit/verification': own('audit.read'),
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
