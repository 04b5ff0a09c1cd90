import { Alert, Button, Group as Row, Modal, Stack, Switch, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@sotto/client';
import type { AllowedRange, SecuritySettings, SecuritySettingsInput } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMay, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { failureText, fieldErrors } from '../words/failure';
import { AllowlistEditor } from './allowlist-editor';
import { OwnershipSection } from './ownership';
import { Group, PageFailure, PageHead, PageSkeleton, SaveBar } from './parts';
import { securityQuery } from './queries';

export function SecurityPage() {
  const { t } = useTranslation();
  const settings = useQuery({ ...securityQuery, refetchOnWindowFocus: false });
  if (settings.isPending) return <PageSkeleton />;
  if (!settings.data) return <PageFailure error={settings.error} onRetry={() => void settings.refetch()} />;
  return (
    <>
      <PageHead title={t('security.title')} intro={t('security.intro')} />
      <SecurityForm settings={settings.data} />
    </>
  );
}

const same = (one: readonly AllowedRange[], other: readonly AllowedRange[]) => JSON.stringify(one) === JSON.stringify(other);

function SecurityForm({ settings }: { settings: SecuritySettings }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const manages = useMay('security.manage');
  const [requireTwoFactor, setRequire] = useState(settings.requireTwoFactor);
  const [ipAllowlist, setList] = useState<AllowedRange[]>(settings.ipAllowlist);
  const [locking, setLocking] = useState(false);
  const members = useQuery(membersQuery).data?.items ?? [];
  const without = members.filter(({ status, twoFactor }) => status === 'active' && !twoFactor).length;
  const changed = requireTwoFactor !== settings.requireTwoFactor || !same(ipAllowlist, settings.ipAllowlist);

  const save = useMutation({
    mutationFn: (more: Partial<SecuritySettingsInput>) =>
      confirmed(() =>
        api.updateSecurity({ requireTwoFactor, ipAllowlist: ipAllowlist.filter(({ range }) => range.trim() !== ''), ...more }),
      ),
    onSuccess: (saved) => {
      setLocking(false);
      queries.setQueryData(securityQuery.queryKey, saved);
      setRequire(saved.requireTwoFactor);
      setList(saved.ipAllowlist);
      notifications.show({ message: t('security.savedToast') });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'allowlist.excludes-you') setLocking(true);
    },
  });
  const fields = save.isError ? fieldErrors(save.error) : {};
  const general = save.isError && Object.keys(fields).length === 0 && !locking ? failureText(t, save.error) : null;
  const reset = () => {
    save.reset();
    setRequire(settings.requireTwoFactor);
    setList(settings.ipAllowlist);
  };

  return (
    <>
      <Group title={t('security.twoFactor')} hint={t('security.twoFactorHint')}>
        <Switch
          label={t('security.require')}
          description={without === 0 ? t('security.missingNone') : t('security.missing', { count: without })}
          checked={requireTwoFactor}
          disabled={!manages}
          onChange={(event) => setRequire(event.currentTarget.checked)}
        />
      </Group>
      <Group title={t('security.addresses')} hint={t('security.addressesHint')}>
        <AllowlistEditor list={ipAllowlist} onChange={setList} yourAddress={settings.yourAddress} errors={fields} readOnly={!manages} />
      </Group>
      <OwnershipSection />
      {general && (
        <Alert color="red" mt="md" role="alert">
          {general}
        </Alert>
      )}
      {changed && manages && (
        <SaveBar words={t('admin.unsaved')}>
          <Button variant="default" onClick={reset}>
            {t('admin.discard')}
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate({})}>
            {t('common.save')}
          </Button>
        </SaveBar>
      )}
      {locking && (
        <LockOut
          address={settings.yourAddress}
          busy={save.isPending}
          onClose={() => setLocking(false)}
          onSave={(confirmation) => save.mutate({ confirmLockOut: true, confirmation })}
        />
      )}
    </>
  );
}

/** The list leaves out whoever edits it: only an owner may want that, and has to type it. */
function LockOut({
  address,
  busy,
  onClose,
  onSave,
}: {
  address: string;
  busy: boolean;
  onClose: () => void;
  onSave: (confirmation: string) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const [typed, setTyped] = useState('');
  const isOwner = me.member.role === 'owner';
  return (
    <Modal opened onClose={onClose} title={t('security.lockTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="md">
        <Text size="sm">{t('security.lockHint', { address })}</Text>
        {isOwner ? (
          <>
            <Text size="sm" c="dimmed">
              {t('security.lockOwner')}
            </Text>
            <TextInput
              label={t('security.lockType', { name: me.account.name })}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {t('security.lockAsk')}
          </Text>
        )}
        <Row justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          {isOwner && (
            <Button color="red" disabled={typed.trim() !== me.account.name} loading={busy} onClick={() => onSave(typed.trim())}>
              {t('security.lockSave')}
            </Button>
          )}
        </Row>
      </Stack>
    </Modal>
  );
}
