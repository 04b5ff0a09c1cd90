import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, LiveFeed, query, type Tx } from '@sotto/platform';
import type { TeamInput, TeamPatch, TeamRemoval, TeamView } from '@sotto/protocol';
import { Observers } from '../members/observers.js';
import { Team, TeamMember } from './team.entity.js';
import { withFreeName, wrongField } from '../wrong-field.js';

/** Teams, and who is in them. Whoever is sees what belongs to the team, so live connections are looked at again. */
@Injectable()
export class TeamsService {
  constructor(
    private readonly database: Database,
    private readonly live: LiveFeed,
    private readonly observers: Observers,
    private readonly audit: AuditLog,
  ) {}

  list(actor: MemberActor): Promise<TeamView[]> {
    return this.database.in(actor.accountId, (tx) => this.views(tx));
  }

  create(actor: MemberActor, input: TeamInput): Promise<TeamView> {
    return withFreeName(
      this.database.in(actor.accountId, async (tx) => {
        const id = newId();
        tx.persist(tx.create(Team, { id, accountId: actor.accountId, name: input.name }));
        await tx.flush();
        const memberIds = await this.existing(tx, input.memberIds);
        await this.join(tx, actor, [id], memberIds);
        await this.audit.record(tx, actor, { action: 'team.created', target: { kind: 'team', id }, data: { added: memberIds } });
        return this.view(tx, id);
      }),
    );
  }

  patch(actor: MemberActor, id: string, patch: TeamPatch): Promise<TeamView> {
    return withFreeName(
      this.database.in(actor.accountId, async (tx) => {
        // Members before teams, as everywhere, so that no two wait for each other.
        const named = patch.memberIds && (await this.existing(tx, patch.memberIds));
        const before = await this.hold(tx, id);
        if (patch.name !== undefined) await tx.nativeUpdate(Team, { id }, { name: patch.name });
        const wanted = new Set(named ?? before);
        const added = [...wanted].filter((memberId) => !before.includes(memberId));
        const removed = before.filter((memberId) => !wanted.has(memberId));
        await tx.nativeDelete(TeamMember, { teamId: id, memberId: { $in: removed } });
        await this.join(tx, actor, [id], added);
        await this.audit.record(tx, actor, { action: 'team.changed', target: { kind: 'team', id }, data: { added, removed } });
        return this.view(tx, id);
      }),
    );
  }

  /** Removes a team once nothing belongs to it, or gives what does to whom the caller names. */
  remove(actor: MemberActor, id: string, { moveTo }: TeamRemoval): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.hold(tx, id);
      if (moveTo === undefined) {
        if (await this.observers.teamInUse(tx, id)) throw new AppError('team.in-use', 'Say with moveTo who gets what belongs to it.');
      } else {
        const to = moveTo === 'none' ? null : moveTo;
        if (to === id) throw wrongField('moveTo', 'is the team itself');
        if (to !== null) await this.assertTeams(tx, [to], 'moveTo');
        await this.observers.moveTeam(tx, actor, id, to);
      }
      await tx.nativeDelete(TeamMember, { teamId: id });
      await tx.nativeDelete(Team, { id });
      this.lookAgain(tx, actor);
      await this.audit.record(tx, actor, { action: 'team.removed', target: { kind: 'team', id }, data: { movedTo: moveTo ?? null } });
    });
  }

  /** Puts a member into exactly these teams. Choosing who sees what takes `team.manage`; what stays as it is takes nothing. */
  async putInto(tx: Tx, actor: MemberActor, memberId: string, teamIds: readonly string[]): Promise<void> {
    const before = (await tx.find(TeamMember, { memberId })).map((membership) => membership.teamId);
    const wanted = [...new Set(teamIds)];
    const [added, removed] = [wanted.filter((id) => !before.includes(id)), before.filter((id) => !wanted.includes(id))];
    if (added.length + removed.length === 0) return;
    if (!actor.permissions.has('team.manage')) throw new AppError('permission.not-yours', 'Your role does not let you choose teams.');
    await this.assertTeams(tx, added, 'teamIds');
    await tx.nativeDelete(TeamMember, { memberId, teamId: { $in: removed } });
    await this.join(tx, actor, added, [memberId]);
    for (const [teamIds, data] of [
      [added, { added: [memberId] }],
      [removed, { removed: [memberId] }],
    ] as const)
      for (const id of teamIds) await this.audit.record(tx, actor, { action: 'team.changed', target: { kind: 'team', id }, data });
  }

  private async join(tx: Tx, actor: MemberActor, teamIds: readonly string[], memberIds: readonly string[]): Promise<void> {
    for (const teamId of teamIds)
      for (const memberId of memberIds) tx.persist(tx.create(TeamMember, { teamId, memberId, accountId: actor.accountId }));
    await tx.flush();
    this.lookAgain(tx, actor);
  }

  private lookAgain(tx: Tx, { accountId }: MemberActor): void {
    this.database.afterCommit(tx, () => this.live.publish({ type: 'access.changed', accountId }));
  }

  /** Those of the account, each once, held so that none leaves meanwhile. Throws `input.invalid` where one is nobody here. */
  private async existing(tx: Tx, ids: readonly string[]): Promise<string[]> {
    const wanted = [...new Set(ids)].sort();
    const found = await query(tx, 'select 1 from member where id = any($1) order by id for key share', [wanted]);
    if (found.length < wanted.length) throw wrongField('memberIds', 'names somebody who is not in this account');
    return wanted;
  }

  private async assertTeams(tx: Tx, ids: readonly string[], path: string): Promise<void> {
    const found = await query(tx, 'select 1 from team where id = any($1) order by id for key share', [ids]);
    if (found.length < ids.length) throw wrongField(path, 'names a team that is not in this account');
  }

  /** Holds a team; answers who is in it. Throws `not-found`. */
  private async hold(tx: Tx, id: string): Promise<string[]> {
    if ((await query(tx, 'select 1 from team where id = $1 for update', [id])).length === 0) throw notFound();
    return (await tx.find(TeamMember, { teamId: id })).map((membership) => membership.memberId).sort();
  }

  private async view(tx: Tx, id: string): Promise<TeamView> {
    const [view] = await this.views(tx, id);
    if (!view) throw notFound();
    return view;
  }

  private views(tx: Tx, id?: string): Promise<TeamView[]> {
    return query<TeamView>(
      tx,
      `select t.id, t.name, array(select m.member_id::text from team_member m where m.team_id = t.id order by m.member_id) as "memberIds"
         from team t ${id === undefined ? '' : 'where t.id = $1'} order by lower(t.name), t.id`,
      id === undefined ? [] : [id],
    );
  }
}
