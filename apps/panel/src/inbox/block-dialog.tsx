import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ConversationView } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { useStepUp } from '../session/step-up';
import { BlockTerm, daysOf, type Term } from '../settings/screening/block-term';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';

/** Blocks the address of a conversation's contact. */
export function BlockDialog({ conversation, onClose }: { conversation: ConversationView; onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [reason, setReason] = useState('');
  const [term, setTerm] = useState<Term>('365');
  const [wrong, setWrong] = useState<string | null>(null);
  const block = useMutation({
    mutationFn: () => confirmed(() => api.blockSender({ conversationId: conversation.id, reason: reason.trim(), days: daysOf(term) })),
    onSuccess: () => {
      notifications.show({ message: t('blocking.blocked') });
      void queries.invalidateQueries({ queryKey: ['screening'] });
      onClose();
    },
    onError: (error) => setWrong(Object.values(fieldErrors(error))[0] ?? failureText(t, error)),
  });
  const submit = () => {
    const problem = lineCheck(t, 200)(reason);
    setWrong(problem);
    if (!problem) block.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t('blocking.title')}: ${conversation.contact.email}`}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t('blocking.intro')}</Text>
          <TextInput
            label={t('blocking.reason')}
            description={t('blocking.reasonHint')}
            placeholder={t('blocking.reasonPlaceholder')}
            data-autofocus
            value={reason}
            error={wrong}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <BlockTerm value={term} onChange={setTerm} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={block.isPending}>
              {t('blocking.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
