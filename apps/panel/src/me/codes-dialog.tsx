import { Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { KeepCodes } from '../session/keep-codes';

interface Props {
  title: string;
  /** Once there are some the dialog shows them, and only saying that they are kept closes it. */
  codes: readonly string[] | null;
  onClose: () => void;
  children?: ReactNode;
}

/** A dialog that may end in recovery codes. */
export function CodesDialog({ title, codes, onClose, children }: Props) {
  const { t } = useTranslation();
  const held = codes !== null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={held ? t('enrol.codesTitle') : title}
      size={480}
      withCloseButton={!held}
      closeOnEscape={!held}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {codes ? (
        <>
          <Text size="sm" c="dimmed" mb="md">
            {t('enrol.codesIntro')}
          </Text>
          <KeepCodes codes={codes} onKept={onClose} />
        </>
      ) : (
        children
      )}
    </Modal>
  );
}
