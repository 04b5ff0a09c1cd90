import { ActionIcon, Alert, Button, Group as Row, Modal, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconMinus, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { GRANTABLE, ROLE_PERMISSIONS, type Permission, type Role, type RoleInput, type RoleView } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries } from '../session/session';
import { useStepUp } from '../session/step-up';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { Group, PageFailure, PageHead, PageSkeleton } from './parts';
import { PermissionBoxes } from './permission-boxes';
import { GROUPS } from './permission-groups';
import { rolesQuery } from './queries';
import classes from './settings.module.css';
import { TypeName } from './type-name';

const BUILT_IN: readonly Role[] = ['owner', 'admin', 'agent'];

export function RolesPage() {
  const { t } = useTranslation();
  const roles = useQuery(rolesQuery);
  const [editing, setEditing] = useState<RoleView | 'new' | null>(null);
  if (roles.isPending) return <PageSkeleton />;
  if (roles.isError) return <PageFailure error={roles.error} onRetry={() => void roles.refetch()} />;
  return (
    <>
      <PageHead
        title={t('rolesPage.title')}
        intro={t('rolesPage.intro')}
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            {t('rolesPage.new')}
          </Button>
        }
      />
      <Group title={t('rolesPage.own')} hint={t('rolesPage.ownHint')}>
        {roles.data.items.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('rolesPage.none')}
          </Text>
        )}
        <ul className={classes.cards}>
          {roles.data.items.map((role) => (
            <RoleRow key={role.id} role={role} onEdit={() => setEditing(role)} />
          ))}
        </ul>
      </Group>
      <Group title={t('rolesPage.builtIn')} hint={t('rolesPage.compare')}>
        <Comparison />
      </Group>
      {editing !== null && <RoleDialog role={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function RoleRow({ role, onEdit }: { role: RoleView; onEdit: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [removing, setRemoving] = useState(false);
  return (
    <li className={classes.card}>
      <div className={classes.cardText}>
        <Text fw={550}>{role.name}</Text>
        <Text size="sm" c="dimmed">
          {t('rolesPage.members', { count: role.members })}, {t('rolesPage.permissions', { count: role.permissions.length })}
        </Text>
      </div>
      <ActionIcon size="lg" aria-label={t('rolesPage.editTitle', { name: role.name })} onClick={onEdit}>
        <IconPencil size={17} stroke={1.7} />
      </ActionIcon>
      <ActionIcon
        size="lg"
        aria-label={`${t('admin.remove')}: ${role.name}`}
        onClick={() => (role.members > 0 ? notifications.show({ color: 'amber', message: t('rolesPage.inUse') }) : setRemoving(true))}
      >
        <IconTrash size={17} stroke={1.7} />
      </ActionIcon>
      {removing && (
        <TypeName
          title={`${t('admin.remove')}: ${role.name}`}
          name={role.name}
          act={t('admin.remove')}
          onClose={() => setRemoving(false)}
          onAct={async () => {
            await confirmed(() => api.removeRole(role.id));
            notifications.show({ message: t('rolesPage.removed') });
            await queries.invalidateQueries({ queryKey: rolesQuery.queryKey });
          }}
        >
          {t('rolesPage.permissions', { count: role.permissions.length })}
        </TypeName>
      )}
    </li>
  );
}

function RoleDialog({ role, onClose }: { role: RoleView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const form = useForm<RoleInput>({
    initialValues: { name: role?.name ?? '', permissions: role?.permissions ?? [...ROLE_PERMISSIONS.agent] },
    validate: { name: lineCheck(t, 60) },
  });
  const save = useMutation({
    mutationFn: (input: RoleInput) => confirmed(() => (role ? api.updateRole(role.id, input) : api.createRole(input))),
    onSuccess: () => {
      notifications.show({ message: t('admin.saved') });
      void queries.invalidateQueries({ queryKey: rolesQuery.queryKey });
      void queries.invalidateQueries({ queryKey: membersQuery.queryKey });
      onClose();
    },
    onError: (error) => form.setErrors({ name: fieldErrors(error)['name'] ?? failureText(t, error) }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={role ? t('rolesPage.editTitle', { name: role.name }) : t('rolesPage.newTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <TextInput label={t('rolesPage.name')} data-autofocus {...form.getInputProps('name')} />
          <PermissionBoxes
            offered={GRANTABLE}
            value={form.values.permissions}
            onChange={(permissions) => form.setFieldValue('permissions', permissions)}
          />
          {role && role.members > 0 && <Alert color="amber">{t('rolesPage.editHint', { count: role.members })}</Alert>}
          <Text size="xs" c="dimmed">
            {t('rolesPage.more')}
          </Text>
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

function Comparison() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <Stack gap={6}>
        {BUILT_IN.map((role) => (
          <Text key={role} size="sm">
            <b>{t(`rolesPage.${role}`)}</b> {t(`rolesPage.${role}Hint`)}
          </Text>
        ))}
      </Stack>
      <Table.ScrollContainer minWidth={300}>
        <Table verticalSpacing={6} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('rolesPage.permission')}</Table.Th>
              {BUILT_IN.map((role) => (
                <Table.Th key={role} ta="center" w={64} px={4}>
                  {t(`roles.${role}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {GROUPS.map(([group, permissions]) => (
              <Fragment key={group}>
                <Table.Tr>
                  <Table.Th scope="rowgroup" colSpan={4} c="dimmed" fw={500} pt="md">
                    {t(`permissions.${group}`)}
                  </Table.Th>
                </Table.Tr>
                {permissions.map((permission) => (
                  <Table.Tr key={permission}>
                    <Table.Td>{t(`permissions.${permission}`)}</Table.Td>
                    {BUILT_IN.map((role) => (
                      <Mark key={role} on={(ROLE_PERMISSIONS[role] as readonly Permission[]).includes(permission)} />
                    ))}
                  </Table.Tr>
                ))}
              </Fragment>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Mark({ on }: { on: boolean }) {
  const { t } = useTranslation();
  return (
    <Table.Td ta="center">
      {on ? <IconCheck size={16} aria-hidden /> : <IconMinus size={14} color="var(--mantine-color-dimmed)" aria-hidden />}
      <VisuallyHidden>{t(on ? 'rolesPage.may' : 'rolesPage.mayNot')}</VisuallyHidden>
    </Table.Td>
  );
}
