import { Alert, Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { ROLE_RANK, type MemberPatch, type MemberView } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMay, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { emailCheck, lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { rolesQuery, teamsQuery } from './queries';

/** A built-in role by its name, a custom one by its id behind this mark. */
const CUSTOM = 'custom:';
const chosenRole = (value: string) =>
  value.startsWith(CUSTOM)
    ? { role: 'agent' as const, customRoleId: value.slice(CUSTOM.length) }
    : { role: value as 'admin' | 'agent', customRoleId: null };
const valueOf = ({ role, customRole }: Pick<MemberView, 'role' | 'customRole'>) => (customRole ? `${CUSTOM}${customRole.id}` : role);

/** Roles this member may give to others. */
function useRoleChoices() {
  const { t } = useTranslation();
  const me = useMe();
  const custom = useQuery({ ...rolesQuery, enabled: useMay('role.manage') }).data?.items ?? [];
  const builtIn = (['agent', 'admin'] as const)
    .filter((role) => ROLE_RANK[role] <= ROLE_RANK[me.member.role])
    .map((role) => ({ value: role, label: t(`roles.${role}`) }));
  const own = custom
    .filter(({ permissions }) => permissions.every((permission) => me.permissions.includes(permission)))
    .map(({ id, name }) => ({ value: `${CUSTOM}${id}`, label: name }));
  return [...builtIn, ...own];
}

function useTeamChoices() {
  const teams = useQuery(teamsQuery).data?.items ?? [];
  return teams.map(({ id, name }) => ({ value: id, label: name }));
}

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const roles = useRoleChoices();
  const teams = useTeamChoices();
  const form = useForm({
    initialValues: { email: '', name: '', role: 'agent', teamIds: [] as string[] },
    validate: { email: emailCheck(t), name: lineCheck(t, 120) },
  });
  const invite = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.invite({ email: values.email, name: values.name, teamIds: values.teamIds, ...chosenRole(values.role) }),
    onSuccess: (member) => {
      notifications.show({ message: t('members.invited', { email: member.email }) });
      void queries.invalidateQueries({ queryKey: membersQuery.queryKey });
      onClose();
    },
    onError: (error) => {
      const fields = fieldErrors(error);
      form.setErrors(Object.keys(fields).length > 0 ? fields : { email: failureText(t, error) });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('members.inviteTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form noValidate onSubmit={form.onSubmit((values) => invite.mutate(values))}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t('members.inviteHint')}
          </Text>
          <TextInput label={t('members.email')} type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
          <TextInput label={t('members.name')} autoComplete="off" {...form.getInputProps('name')} />
          <Select label={t('members.role')} data={roles} allowDeselect={false} {...form.getInputProps('role')} />
          {teams.length > 0 && <MultiSelect label={t('members.teams')} data={teams} {...form.getInputProps('teamIds')} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('members.inviteSend')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function MemberDialog({ member, onClose }: { member: MemberView; onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const choices = useRoleChoices();
  const teams = useTeamChoices();
  const now = valueOf(member);
  const roles = choices.some(({ value }) => value === now)
    ? choices
    : [{ value: now, label: member.customRole?.name ?? t(`roles.${member.role}`) }, ...choices];
  const form = useForm({ initialValues: { role: now, teamIds: member.teamIds } });
  const newRole = form.values.role !== now;
  const save = useMutation({
    mutationFn: (values: typeof form.values) => {
      const patch: MemberPatch = { teamIds: values.teamIds, ...(newRole ? chosenRole(values.role) : {}) };
      return confirmed(() => api.updateMember(member.id, patch));
    },
    onSuccess: () => {
      notifications.show({ message: t('admin.saved') });
      void queries.invalidateQueries({ queryKey: membersQuery.queryKey });
      void queries.invalidateQueries({ queryKey: teamsQuery.queryKey });
      onClose();
    },
    onError: (error) => form.setErrors({ role: failureText(t, error) }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('members.editTitle', { name: member.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <Select label={t('members.role')} data={roles} allowDeselect={false} data-autofocus {...form.getInputProps('role')} />
          {newRole && <Alert color="amber">{t('members.editHint', { name: member.name })}</Alert>}
          {teams.length > 0 && <MultiSelect label={t('members.teams')} data={teams} {...form.getInputProps('teamIds')} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
