import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

const team = defineEntity({
  name: 'Team',
  tableName: 'team',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    name: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  uniques: [{ name: 'team_name', properties: ['accountId', 'name'] }],
  policies: accountPolicies('team'),
  rowLevelSecurity: 'force',
});
export class Team extends team.class {}
team.setClass(Team);
export const teamSchema = team;

const membership = defineEntity({
  name: 'TeamMember',
  tableName: 'team_member',
  properties: {
    teamId: p.uuid().primary(),
    memberId: p.uuid().primary().index(),
    accountId: p.uuid().index(),
  },
  policies: accountPolicies('team_member'),
  rowLevelSecurity: 'force',
});
export class TeamMember extends membership.class {}
membership.setClass(TeamMember);
export const teamMemberSchema = membership;
