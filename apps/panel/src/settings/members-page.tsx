import { ActionIcon, Avatar, Badge, Button, Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconDots,
  IconKeyOff,
  IconMailForward,
  IconMailX,
  IconPencil,
  IconPlus,
  IconShieldCheck,
  IconShieldOff,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from '@tabler/icons-react';
import { ROLE_RANK, type MemberView } from '@sotto/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMay, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { failureText } from '../words/failure';
import { initials } from '../words/names';
import { InviteDialog, MemberDialog } from './member-dialogs';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import { teamsQuery } from './queries';
import classes from './settings.module.css';
import { TypeName } from './type-name';

const refresh = () => queries.invalidateQueries({ queryKey: membersQuery.queryKey });

export function MembersPage() {
  const { t } = useTranslation();
  const manages = useMay('member.manage');
  const members = useQuery(membersQuery);
  const [inviting, setInviting] = useState(false);
  if (members.isPending) return <PageSkeleton />;
  if (members.isError) return <PageFailure error={members.error} onRetry={() => void members.refetch()} />;
  const { items } = members.data;
  return (
    <>
      <PageHead
        title={t('members.title')}
        intro={t('members.intro')}
        action={
          manages && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
              {t('members.invite')}
            </Button>
          )
        }
      />
      <ul className={classes.cards} aria-label={t('members.title')}>
        {items.map((member) => (
          <MemberRow key={member.id} member={member} owners={items.filter(({ role }) => role === 'owner').length} manages={manages} />
        ))}
      </ul>
      {items.length === 1 && (
        <Text c="dimmed" ta="center" mt="xl">
          {t('members.empty')}. {t('members.emptyHint')}
        </Text>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}

function MemberRow({ member, owners, manages }: { member: MemberView; owners: number; manages: boolean }) {
  const { t } = useTranslation();
  const me = useMe().member;
  const teams = useQuery(teamsQuery).data?.items ?? [];
  const names = teams.filter(({ id }) => member.teamIds.includes(id)).map(({ name }) => name);
  const isMe = member.id === me.id;
  const above = ROLE_RANK[member.role] > ROLE_RANK[me.role] || (member.role === 'owner' && me.role !== 'owner');
  const why = isMe ? t('members.you') : above ? t('members.outranks') : null;
  const lastOwner = member.role === 'owner' && owners === 1;
  return (
    <li className={classes.member} data-off={member.status !== 'active' || undefined}>
      <Avatar src={member.avatar ? `/api/v1${member.avatar}` : null} radius="xl" size={38} color="pine" aria-hidden>
        {initials(member.name)}
      </Avatar>
      <div className={classes.cardText}>
        <Text fw={550} lineClamp={1}>
          {member.name}{' '}
          {isMe && (
            <Text span size="sm" c="dimmed" fw={400}>
              ({t('members.you')})
            </Text>
          )}
        </Text>
        <Text size="sm" c="dimmed" className={classes.wrap}>
          {member.email}
        </Text>
      </div>
      <div className={classes.facts}>
        <Text size="sm">{member.customRole?.name ?? t(`roles.${member.role}`)}</Text>
        <Text size="xs" c="dimmed">
          {lastOwner ? t('members.lastOwner') : names.length > 0 ? names.join(', ') : t('members.noTeams')}
        </Text>
      </div>
      <div className={classes.badges}>
        {member.status === 'invited' && (
          <Badge variant="light" color="amber">
            {t('members.statusInvited')}
          </Badge>
        )}
        {member.status === 'disabled' && (
          <Badge variant="light" color="gray">
            {t('members.statusDisabled')}
          </Badge>
        )}
        {member.status === 'active' && (
          <Badge
            variant="light"
            color={member.twoFactor ? 'pine' : 'gray'}
            leftSection={member.twoFactor ? <IconShieldCheck size={13} aria-hidden /> : <IconShieldOff size={13} aria-hidden />}
          >
            {t(member.twoFactor ? 'members.twoFactorOn' : 'members.twoFactorOff')}
          </Badge>
        )}
      </div>
      {manages && (why === null ? <MemberMenu member={member} /> : <span className={classes.noMenu} />)}
    </li>
  );
}

function MemberMenu({ member }: { member: MemberView }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [dialog, setDialog] = useState<'edit' | 'reset' | 'remove' | null>(null);
  const close = () => setDialog(null);
  const { name, id } = member;
  const attempt = (act: () => Promise<unknown>, done: string) => {
    confirmed(act).then(
      () => {
        notifications.show({ message: done });
        void refresh();
      },
      (error: unknown) => notifications.show({ color: 'red', message: failureText(t, error) }),
    );
  };
  const setStatus = (status: 'active' | 'disabled') => api.updateMember(id, { status });
  const disable = () => {
    confirmed(() => setStatus('disabled')).then(
      () => {
        void refresh();
        const toast = notifications.show({
          message: (
            <>
              {t('members.disabled', { name })}{' '}
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => {
                  notifications.hide(toast);
                  attempt(() => setStatus('active'), t('members.enabled', { name }));
                }}
              >
                {t('common.undo')}
              </Button>
            </>
          ),
        });
      },
      (error: unknown) => notifications.show({ color: 'red', message: failureText(t, error) }),
    );
  };
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('members.actions', { name })}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {member.status === 'invited' ? (
            <>
              <Menu.Item
                leftSection={<IconMailForward size={16} aria-hidden />}
                onClick={() => attempt(() => api.resendInvitation(id), t('members.resent'))}
              >
                {t('members.resend')}
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<IconMailX size={16} aria-hidden />}
                onClick={() => attempt(() => api.revokeInvitation(id), t('members.revoked'))}
              >
                {t('members.revoke')}
              </Menu.Item>
            </>
          ) : (
            <>
              <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setDialog('edit')}>
                {t('members.edit')}
              </Menu.Item>
              {member.twoFactor && member.role !== 'owner' && (
                <Menu.Item leftSection={<IconKeyOff size={16} aria-hidden />} onClick={() => setDialog('reset')}>
                  {t('members.resetTwoFactor')}
                </Menu.Item>
              )}
              {member.status === 'active' ? (
                <Menu.Item leftSection={<IconUserOff size={16} aria-hidden />} onClick={disable}>
                  {t('members.disable')}
                  <Text component="span" display="block" size="xs" c="dimmed">
                    {t('members.disableHint')}
                  </Text>
                </Menu.Item>
              ) : (
                <Menu.Item
                  leftSection={<IconUserCheck size={16} aria-hidden />}
                  onClick={() => attempt(() => setStatus('active'), t('members.enabled', { name }))}
                >
                  {t('members.enable')}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setDialog('remove')}>
                {t('admin.remove')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'edit' && <MemberDialog member={member} onClose={close} />}
      {dialog === 'reset' && (
        <TypeName
          title={t('members.resetTitle', { name })}
          name={name}
          act={t('members.resetTwoFactor')}
          onClose={close}
          onAct={async () => {
            await confirmed(() => api.resetSecondFactor(id));
            notifications.show({ message: t('members.resetDone', { name }) });
            await refresh();
          }}
        >
          {t('members.resetHint', { name })}
        </TypeName>
      )}
      {dialog === 'remove' && (
        <TypeName
          title={t('members.removeTitle', { name })}
          name={name}
          act={t('admin.remove')}
          onClose={close}
          onAct={async () => {
            await confirmed(() => api.removeMember(id));
            notifications.show({ message: t('members.removed') });
            await refresh();
          }}
        >
          {t('members.removeHint')}
        </TypeName>
      )}
    </>
  );
}
