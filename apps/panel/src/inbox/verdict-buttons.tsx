import { ActionIcon, Button, Tooltip } from '@mantine/core';
import type { ConversationView, MemberVerdict } from '@sotto/protocol';
import { IconAlertOctagon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { needsLook } from './why';

export type Judge = (verdict: MemberVerdict) => void;

/** Both verdicts where somebody has to look; otherwise only a small one for spam that came through. */
export function VerdictButtons({ conversation, onVerdict }: { conversation: ConversationView; onVerdict: Judge }) {
  const { t } = useTranslation();
  if (!needsLook(conversation)) {
    return (
      <Tooltip label={`${t('screening.spam')} (!)`}>
        <ActionIcon size="lg" aria-label={t('screening.spam')} aria-keyshortcuts="!" onClick={() => onVerdict('spam')}>
          <IconAlertOctagon size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <>
      <Tooltip label={`${t('screening.notSpam')} (h)`}>
        <Button
          size="xs"
          variant={conversation.status === 'spam' ? 'light' : 'default'}
          aria-keyshortcuts="h"
          onClick={() => onVerdict('ham')}
        >
          {t('screening.notSpam')}
        </Button>
      </Tooltip>
      {conversation.screening?.by !== 'member' && (
        <Tooltip label={`${t('screening.spam')} (!)`}>
          <Button size="xs" variant="default" aria-keyshortcuts="!" onClick={() => onVerdict('spam')}>
            {t('screening.spam')}
          </Button>
        </Tooltip>
      )}
    </>
  );
}
