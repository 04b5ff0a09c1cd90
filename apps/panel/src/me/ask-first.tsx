import { Button, Group, Modal, Text } from '@mantine/core';
import { ApiError } from '@sotto/client';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';

interface Props {
  title: string;
  act: string;
  onAct: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** Says what follows before one's own protection gets weaker. */
export function AskFirst({ title, act, onAct, onClose, children }: Props) {
  const { t } = useTranslation();
  const doing = useMutation({ mutationFn: onAct, onSuccess: onClose });
  const needed = doing.error instanceof ApiError && doing.error.code === 'second-factor.needed';
  return (
    <Modal opened onClose={onClose} title={title} size={420} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Text size="sm">{children}</Text>
      <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={doing.isError ? 'sm' : 0}>
        {doing.isError && (needed ? t('me.lastFactor') : failureText(t, doing.error))}
      </Text>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button color="red" loading={doing.isPending} onClick={() => doing.mutate()}>
          {act}
        </Button>
      </Group>
    </Modal>
  );
}
