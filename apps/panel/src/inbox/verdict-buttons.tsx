import { ActionIcon, Button, Tooltip } from '@mantine/core';
import type { ConversationView, MemberVerdict } from '@sotto/protocol';
import { IconAlertOctagon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export type Judge = (verdict: MemberVerdict) => void;

/** Both verdicts, for what somebody has to look at; what a member called spam only waits for the other one. */
export function VerdictButtons({ conversation: { status, screening }, onVerdict }: { conversation: ConversationView; onVerdict: Judge }) {
  const { t } = useTranslation();
  return (
    <>
      <Tooltip label={`${t('screening.notSpam')} (h)`}>
        <Button size="xs" variant={status === 'spam' ? 'light' : 'default'} aria-keyshortcuts="h" onClick={() => onVerdict('ham')}>
          {t('screening.notSpam')}
        </Button>
      </Tooltip>
      {screening?.by !== 'member' && (
        <Tooltip label={`${t('screening.spam')} (!)`}>
          <Button size="xs" variant="default" aria-keyshortcuts="!" onClick={() => onVerdict('spam')}>
            {t('screening.spam')}
          </Button>
        </Tooltip>
      )}
    </>
  );
}

/** For spam that came through. */
export function SpamButton({ onVerdict }: { onVerdict: Judge }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={`${t('screening.spam')} (!)`}>
      <ActionIcon size="lg" aria-label={t('screening.spam')} aria-keyshortcuts="!" onClick={() => onVerdict('spam')}>
        <IconAlertOctagon size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
