import { Injectable } from '@nestjs/common';
import { query, type Tx } from '@sotto/platform';
import { Team } from '../teams/team.entity.js';

/** SQL for the ids of a member's teams; `member` stands for the member's id. */
export const teamsOf = (member: string) => `select tm.team_id from team_member tm where tm.member_id = ${member}`;

/** Who is in which team, read where it is used: what somebody may see must not lag behind. */
@Injectable()
export class Memberships {
  /** Ids of each member's teams, sorted; a member without one has an empty list. */
  async teamsOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, string[]>> {
    const teams = new Map<string, string[]>(memberIds.map((id) => [id, []]));
    const rows = await query<{ memberId: string; teamId: string }>(
      tx,
      'select member_id as "memberId", team_id as "teamId" from team_member where member_id = any($1) order by team_id',
      [[...teams.keys()]],
    );
    for (const { memberId, teamId } of rows) teams.get(memberId)?.push(teamId);
    return teams;
  }

  /** Names of teams by id; one that is gone is left out. */
  async namesOfTeams(tx: Tx, ids: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const teams = await tx.find(Team, { id: { $in: wanted } });
    return new Map(teams.map((team) => [team.id, team.name]));
  }

  /** Whether the account has this team. Holds the team as it is until the transaction ends. */
  async hasTeam(tx: Tx, id: string): Promise<boolean> {
    return (await query(tx, 'select 1 from team where id = $1 for key share', [id])).length > 0;
  }
}
