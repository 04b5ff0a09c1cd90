import type { Store } from '@sotto/platform';
import { accountSchema } from './account.entity.js';
import { avatarSchema } from './profile/avatar.entity.js';
import { customRoleSchema } from './roles/custom-role.entity.js';
import { invitationSchema } from './members/invitation.entity.js';
import { memberSchema } from './members/member.entity.js';
import { ownershipOfferSchema } from './ownership/ownership-offer.entity.js';
import { setupCodeSchema } from './setup-code.entity.js';
import { teamMemberSchema, teamSchema } from './teams/team.entity.js';

export const accountsStore: Store = {
  name: 'accounts',
  entities: [
    accountSchema,
    memberSchema,
    customRoleSchema,
    teamSchema,
    teamMemberSchema,
    avatarSchema,
    invitationSchema,
    ownershipOfferSchema,
    setupCodeSchema,
  ],
  dataMap: {
    account: {
      purpose: 'The organisation that uses Sotto',
      retention: 'Until the account is purged',
      columns: { id: 'none', name: 'none', lastNumber: 'none', createdAt: 'none' },
    },
    member: {
      purpose: 'Signing in, and showing colleagues and visitors who answers',
      retention: 'Until the member is erased',
      protection: 'Name and address encrypted with the member’s own key; address looked up by keyed hash; password as argon2id',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        role: 'none',
        customRoleId: 'none',
        status: 'none',
        nameSealed: 'personal',
        emailSealed: 'personal',
        loginHash: 'pseudonym',
        passwordHash: 'personal',
        language: 'personal',
        twoFactorSince: 'none',
        graceUntil: 'none',
        createdAt: 'none',
      },
    },
    custom_role: {
      purpose: 'Roles an account makes of permissions',
      retention: 'Until removed',
      columns: { id: 'none', accountId: 'none', name: 'none', permissions: 'none', createdAt: 'none' },
    },
    team: {
      purpose: 'Members who answer together',
      retention: 'Until removed',
      columns: { id: 'none', accountId: 'none', name: 'none', createdAt: 'none' },
    },
    team_member: {
      purpose: 'Who is in a team, and so may see its conversations',
      retention: 'Until taken out, or the member is erased',
      columns: { teamId: 'none', memberId: 'pseudonym', accountId: 'none' },
    },
    avatar: {
      purpose: 'Showing colleagues and visitors who answers, if the member wants it',
      retention: 'Until the member removes it or is erased',
      protection: 'Encrypted with the member’s own key',
      columns: { memberId: 'pseudonym', accountId: 'none', version: 'none', type: 'none', bytesSealed: 'personal' },
    },
    invitation: {
      purpose: 'Letting an invited member in, once',
      retention: 'Until used or taken back, 7 days at most',
      protection: 'Token as hash',
      columns: {
        memberId: 'pseudonym',
        accountId: 'none',
        invitedBy: 'pseudonym',
        tokenHash: 'none',
        createdAt: 'none',
        expiresAt: 'none',
      },
    },
    ownership_offer: {
      purpose: 'Handing an account over, with the consent of both',
      retention: 'Until accepted or withdrawn, 7 days at most',
      columns: {
        accountId: 'none',
        fromMemberId: 'pseudonym',
        toMemberId: 'pseudonym',
        stay: 'none',
        createdAt: 'none',
        expiresAt: 'none',
      },
    },
    setup_code: {
      purpose: 'Making an account with a code the operator holds',
      retention: 'Until used, 30 days at most',
      columns: { codeHash: 'none', expiresAt: 'none', createdAt: 'none' },
    },
  },
};
