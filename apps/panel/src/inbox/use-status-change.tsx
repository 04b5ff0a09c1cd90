import { notifications } from '@mantine/notifications';
import type { ConversationStatus, ConversationView, SettableStatus } from '@sotto/protocol';
import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useDesk } from '../live/desk-context';
import { failureText } from '../words/failure';
import { showUndo } from './undo-toast';

const toastOf = (id: string, status: ConversationStatus): string => `status-${id}-${status}`;

/** A toast that says "resolved" goes when the visitor has written again meanwhile, and the other way round. */
export function useCurrentToast(id: string, status: ConversationStatus | undefined): void {
  useEffect(() => {
    if (status) notifications.hide(toastOf(id, status === 'open' ? 'resolved' : 'open'));
  }, [id, status]);
}

/** Resolves or reopens at once, with a way back instead of a question before. */
export function useStatusChange(): (conversation: ConversationView) => void {
  const { t } = useTranslation();
  const desk = useDesk();
  return useCallback(
    (conversation: ConversationView) => {
      const { id, number } = conversation;
      const to = (status: SettableStatus) => {
        const shown = status === 'resolved' ? { status, waitingSince: null, overdue: false } : { status };
        return desk.change(id, { status }, shown).catch((error: unknown) => {
          notifications.hide(toast);
          notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
        });
      };
      const back = conversation.status;
      // What is in quarantine is neither waiting nor done.
      if (back === 'spam') return;
      const next = back === 'open' ? 'resolved' : 'open';
      const toast = toastOf(id, next);
      void to(next);
      showUndo(t, {
        id: toast,
        words: t(next === 'resolved' ? 'thread.toastResolved' : 'thread.toastReopened', { number }),
        onUndo: () => void to(back),
      });
    },
    [desk, t],
  );
}
