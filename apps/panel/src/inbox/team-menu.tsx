import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ConversationView } from '@sotto/protocol';
import { IconCheck, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDesk } from '../live/desk-context';
import { teamsQuery } from '../settings/queries';
import { failureText } from '../words/failure';

const EVERYBODY = 'everybody';

/** Whose the conversation is. Not there while the account has no teams. */
export function TeamMenu({ conversation, compact }: { conversation: ConversationView; compact: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const teams = useQuery(teamsQuery).data?.items ?? [];
  const { team } = conversation;
  if (teams.length === 0 && !team) return null;
  const choose = (value: string) => {
    const next = teams.find(({ id }) => id === value) ?? null;
    if (next?.id === team?.id) return;
    desk
      .change(conversation.id, { teamId: next?.id ?? null }, { team: next && { id: next.id, name: next.name } })
      .catch((error: unknown) => {
        notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
      });
  };
  const words = team ? t('thread.ofTeam', { team: team.name }) : t('thread.giveTeam');
  return (
    <Menu
      position="bottom-end"
      width={236}
      returnFocus
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      checkIcon={<IconCheck size={15} aria-hidden />}
    >
      <Menu.Target>
        {compact ? (
          <ActionIcon size="lg" aria-label={words}>
            <IconUsersGroup size={20} stroke={1.7} aria-hidden />
          </ActionIcon>
        ) : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUsersGroup size={15} stroke={1.8} aria-hidden />}
            aria-label={words}
            maw={180}
          >
            <Tooltip label={words}>
              <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', lineHeight: 1.6 }}>{team ? team.name : t('thread.team')}</span>
            </Tooltip>
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={340} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('thread.teamTitle')}</Menu.Label>
        <Menu.RadioGroup value={team?.id ?? EVERYBODY} onChange={choose}>
          {teams.map(({ id, name }) => (
            <Menu.RadioItem key={id} value={id} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
          <Menu.Divider />
          <Menu.RadioItem value={EVERYBODY} closeMenuOnClick>
            {t('thread.everybody')}
          </Menu.RadioItem>
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
