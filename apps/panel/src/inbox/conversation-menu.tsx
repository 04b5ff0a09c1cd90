import { ActionIcon, Menu, Text } from '@mantine/core';
import type { ConversationView } from '@sotto/protocol';
import { IconAlertOctagon, IconDots, IconForbid, IconShieldCheck } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../session/session';
import type { Judge } from './verdict-buttons';

const BlockDialog = lazy(async () => ({ default: (await import('./block-dialog')).BlockDialog }));

/** What is done rarely, and on a phone what has no room beside it. */
export function ConversationMenu({ conversation, onVerdict }: { conversation: ConversationView; onVerdict: Judge | undefined }) {
  const { t } = useTranslation();
  const mayBlock = useMay('screening.manage');
  const [blocking, setBlocking] = useState(false);
  const noAddress = conversation.contact.email === null;
  if (!mayBlock && !onVerdict) return null;
  return (
    <>
      <Menu position="bottom-end" width={250} returnFocus withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('screening.actions')}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onVerdict && conversation.status !== 'spam' && (
            <Menu.Item leftSection={<IconAlertOctagon size={16} stroke={1.7} aria-hidden />} onClick={() => onVerdict('spam')}>
              {t('screening.spam')}
            </Menu.Item>
          )}
          {onVerdict && (
            <Menu.Item leftSection={<IconShieldCheck size={16} stroke={1.7} aria-hidden />} onClick={() => onVerdict('ham')}>
              {t('screening.notSpam')}
            </Menu.Item>
          )}
          {mayBlock && (
            <Menu.Item
              leftSection={<IconForbid size={16} stroke={1.7} aria-hidden />}
              aria-disabled={noAddress || undefined}
              closeMenuOnClick={!noAddress}
              onClick={() => !noAddress && setBlocking(true)}
            >
              {t('screening.block')}
              {noAddress && (
                <Text component="span" display="block" size="xs" c="dimmed">
                  {t('screening.blockNoAddress')}
                </Text>
              )}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {blocking && (
        <Suspense>
          <BlockDialog conversation={conversation} onClose={() => setBlocking(false)} />
        </Suspense>
      )}
    </>
  );
}
