import { ActionIcon, Button, EmptyState, Group as Row, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import type { TeamInput, TeamView } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMay } from '../session/session';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import { teamsQuery } from './queries';
import classes from './settings.module.css';

/** What the server takes for "to no team". */
const NOWHERE = 'none';

const refresh = () => {
  void queries.invalidateQueries({ queryKey: teamsQuery.queryKey });
  void queries.invalidateQueries({ queryKey: membersQuery.queryKey });
};

export function TeamsPage() {
  const { t } = useTranslation();
  const manages = useMay('team.manage');
  const teams = useQuery(teamsQuery);
  const members = useQuery(membersQuery).data?.items ?? [];
  const [dialog, setDialog] = useState<{ kind: 'edit'; team: TeamView | null } | { kind: 'remove'; team: TeamView } | null>(null);
  if (teams.isPending) return <PageSkeleton />;
  if (teams.isError) return <PageFailure error={teams.error} onRetry={() => void teams.refetch()} />;
  const { items } = teams.data;
  const make = manages && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: 'edit', team: null })}>
      {t('teams.new')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('teams.title')} intro={t('teams.intro')} action={items.length > 0 && make} />
      {items.length === 0 && (
        <EmptyState icon={<IconUsersGroup stroke={1.4} />} title={t('teams.none')} description={t('teams.noneHint')} py={40}>
          {make && <EmptyState.Actions>{make}</EmptyState.Actions>}
        </EmptyState>
      )}
      <ul className={classes.cards}>
        {items.map((team) => (
          <li key={team.id} className={classes.card}>
            <div className={classes.cardText}>
              <Text fw={550}>{team.name}</Text>
              <Text size="sm" c="dimmed">
                {members
                  .filter(({ id }) => team.memberIds.includes(id))
                  .map(({ name }) => name)
                  .join(', ') || t('teams.count', { count: team.memberIds.length })}
              </Text>
            </div>
            {manages && (
              <>
                <ActionIcon
                  size="lg"
                  aria-label={t('teams.editTitle', { name: team.name })}
                  onClick={() => setDialog({ kind: 'edit', team })}
                >
                  <IconPencil size={17} stroke={1.7} />
                </ActionIcon>
                <ActionIcon
                  size="lg"
                  aria-label={t('teams.removeTitle', { name: team.name })}
                  onClick={() => setDialog({ kind: 'remove', team })}
                >
                  <IconTrash size={17} stroke={1.7} />
                </ActionIcon>
              </>
            )}
          </li>
        ))}
      </ul>
      {dialog?.kind === 'edit' && <TeamDialog team={dialog.team} onClose={() => setDialog(null)} />}
      {dialog?.kind === 'remove' && (
        <RemoveTeam team={dialog.team} others={items.filter(({ id }) => id !== dialog.team.id)} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

function TeamDialog({ team, onClose }: { team: TeamView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const members = useQuery(membersQuery).data?.items ?? [];
  const form = useForm<TeamInput>({
    initialValues: { name: team?.name ?? '', memberIds: team?.memberIds ?? [] },
    validate: { name: lineCheck(t, 60) },
  });
  const save = useMutation({
    mutationFn: (input: TeamInput) => (team ? api.updateTeam(team.id, input) : api.createTeam(input)),
    onSuccess: () => {
      notifications.show({ message: t('admin.saved') });
      refresh();
      onClose();
    },
    onError: (error) => form.setErrors({ name: fieldErrors(error)['name'] ?? failureText(t, error) }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={team ? t('teams.editTitle', { name: team.name }) : t('teams.newTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <TextInput label={t('teams.name')} data-autofocus {...form.getInputProps('name')} />
          <MultiSelect
            label={t('teams.members')}
            searchable
            data={members.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('memberIds')}
          />
          <Row justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Row>
        </Stack>
      </form>
    </Modal>
  );
}

function RemoveTeam({ team, others, onClose }: { team: TeamView; others: TeamView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [moveTo, setMoveTo] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: () => api.removeTeam(team.id, moveTo ?? undefined),
    onSuccess: () => {
      notifications.show({ message: t('teams.removed') });
      refresh();
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('teams.removeTitle', { name: team.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text size="sm">{t('teams.removeHint')}</Text>
        <Select
          label={t('teams.moveTo')}
          data={[...others.map(({ id, name }) => ({ value: id, label: name })), { value: NOWHERE, label: t('teams.everybody') }]}
          value={moveTo}
          onChange={setMoveTo}
          error={remove.isError && failureText(t, remove.error)}
        />
        <Row justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red" disabled={moveTo === null} loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('admin.remove')}
          </Button>
        </Row>
      </Stack>
    </Modal>
  );
}
