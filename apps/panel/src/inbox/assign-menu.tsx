import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ConversationView } from '@sotto/protocol';
import { IconCheck, IconUserPlus, IconUserX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDesk } from '../live/desk-context';
import { membersQuery } from '../session/session';
import { failureText } from '../words/failure';
import { initials } from '../words/names';
import listClasses from './conversation-list.module.css';

interface Props {
  conversation: ConversationView;
  opened: boolean;
  onChange: (opened: boolean) => void;
  compact: boolean;
}

const NOBODY = 'nobody';

export function AssignMenu({ conversation, opened, onChange, compact }: Props) {
  const { t } = useTranslation();
  const desk = useDesk();
  const { member } = desk.me;
  const members = useQuery(membersQuery).data?.items ?? [member];
  const { assignee } = conversation;
  const others = members.filter(({ id, status }) => id !== member.id && status === 'active');
  const assign = (next: { id: string; name: string } | null) => {
    if (next?.id === assignee?.id) return;
    desk
      .change(conversation.id, { assigneeId: next?.id ?? null }, { assignee: next && { id: next.id, name: next.name } })
      .catch((error: unknown) => {
        notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
      });
  };
  const words = assignee ? t('list.assignedTo', { name: assignee.name }) : t('thread.assign');
  const mark = assignee ? (
    <span className={listClasses.assignee} aria-hidden="true">
      {initials(assignee.name)}
    </span>
  ) : (
    <IconUserPlus size={compact ? 20 : 15} stroke={1.8} aria-hidden />
  );
  const row = (one: { id: string; name: string }, label: string) => (
    <Menu.RadioItem
      key={one.id}
      value={one.id}
      data-autofocus={one.id === member.id || undefined}
      closeMenuOnClick
      rightSection={
        <span className={listClasses.assignee} aria-hidden="true">
          {initials(one.name)}
        </span>
      }
    >
      {label}
    </Menu.RadioItem>
  );
  const choose = (value: string) => assign(members.find(({ id }) => id === value) ?? null);
  return (
    <Menu
      opened={opened}
      onChange={onChange}
      position="bottom-end"
      width={236}
      returnFocus
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      checkIcon={<IconCheck size={15} aria-hidden />}
    >
      <Menu.Target>
        {compact ? (
          <ActionIcon size="lg" aria-label={words} aria-keyshortcuts="a">
            {mark}
          </ActionIcon>
        ) : (
          <Button size="xs" variant="default" leftSection={mark} aria-label={words} aria-keyshortcuts="a">
            <Tooltip label={`${t('thread.assign')} (a)`}>
              <span>{assignee ? assignee.name : t('thread.assign')}</span>
            </Tooltip>
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={340} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('thread.assignTitle')}</Menu.Label>
        <Menu.RadioGroup value={assignee?.id ?? NOBODY} onChange={choose}>
          {row(member, `${member.name} (${t('thread.assignMe')})`)}
          {others.map((other) => row(other, other.name))}
          <Menu.Divider />
          <Menu.RadioItem value={NOBODY} closeMenuOnClick rightSection={<IconUserX size={16} stroke={1.7} aria-hidden />}>
            {t('thread.nobody')}
          </Menu.RadioItem>
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
