import { Button, CopyButton, type ButtonProps } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Copies a text and says so. */
export function CopyText({ value, label, ...rest }: ButtonProps & { value: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value} timeout={2_500}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          {...rest}
          onClick={copy}
          leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
        >
          <span aria-live="polite">{copied ? t('common.copied') : (label ?? t('common.copy'))}</span>
        </Button>
      )}
    </CopyButton>
  );
}
