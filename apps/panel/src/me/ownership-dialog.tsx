import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@sotto/client';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { CodeInput, isCode } from '../session/code-input';
import { renewing, useMe } from '../session/session';
import { failureText } from '../words/failure';
import { refreshMe } from './queries';

/** Takes over the account with a code, or says no. */
export function OwnershipDialog({ from, onClose }: { from: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { account, twoFactor } = useMe();
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState<string | null>(null);
  const accept = useMutation({
    mutationFn: (typed: string) => renewing(() => api.acceptOwnership(typed)),
    onSuccess: async () => {
      await refreshMe();
      notifications.show({ message: t('owner.accepted', { account: account.name }) });
      onClose();
    },
    onError: () => setCode(''),
  });
  const decline = useMutation({
    mutationFn: () => api.declineOwnership(),
    onSuccess: async () => {
      await refreshMe();
      onClose();
    },
  });
  const failure = accept.error ?? decline.error;
  const wrong = failure instanceof ApiError && failure.code === 'auth.code-wrong';
  const send = (typed: string) => {
    setMissing(isCode(typed) ? null : t('proof.codeShort'));
    if (isCode(typed) && !accept.isPending) accept.mutate(typed);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('owner.title', { account: account.name })}
      size={440}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send(code);
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t('owner.hint', { from, account: account.name })}</Text>
          {twoFactor.enrolled ? (
            <CodeInput
              value={code}
              onChange={(typed) => {
                setCode(typed);
                setMissing(null);
              }}
              error={missing ?? (failure ? (wrong ? t('proof.codeWrong') : failureText(t, failure)) : null)}
              data-autofocus
            />
          ) : (
            <Text size="sm">
              {t('owner.factorFirst')}{' '}
              <Anchor component={Link} to="/me/security" size="sm" onClick={onClose}>
                {t('banner.graceButton')}
              </Anchor>
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" loading={decline.isPending} onClick={() => decline.mutate()}>
              {t('owner.decline')}
            </Button>
            <Button type="submit" loading={accept.isPending} disabled={!twoFactor.enrolled}>
              {t('owner.accept')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
