import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './snippet.module.css';

/** The line to paste, with a button that copies it. */
export function Snippet({ code }: { code: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.snippet}>
      <code className={classes.code}>{code}</code>
      <CopyButton value={code} timeout={2_000}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            aria-live="polite"
          >
            {t(copied ? 'common.copied' : 'common.copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
