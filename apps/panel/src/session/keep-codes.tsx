import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateOf } from '../words/time';
import { CopyText } from './copy-button';
import classes from './enrol.module.css';

/** Shows new recovery codes, this once, and goes on when the person says they have kept them. */
export function KeepCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t, i18n } = useTranslation();
  const [kept, setKept] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Leaving now would lose them for good.
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
  // The field that had the focus is gone; what is to be read next takes it.
  useEffect(() => list.current?.focus(), []);
  const [made] = useState(() => new Date().toISOString());
  const heading = t('enrol.codesPaper', { host: window.location.host, date: dateOf(made, i18n.language) });
  const asText = `${heading}\n\n${codes.join('\n')}\n`;

  return (
    <Stack gap="md">
      <div ref={list} tabIndex={-1} className={classes.sheet} role="group" aria-label={t('enrol.codesLabel')}>
        <p className={classes.paper}>{heading}</p>
        <ul className={classes.codes}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <Group gap="xs">
        <CopyText value={asText} label={t('enrol.copyAll')} />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => download('sotto-recovery-codes.txt', asText)}
        >
          {t('enrol.download')}
        </Button>
        <Button variant="default" size="xs" leftSection={<IconPrinter size={15} aria-hidden />} onClick={() => window.print()}>
          {t('enrol.print')}
        </Button>
      </Group>
      <Checkbox label={t('enrol.kept')} checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button size="md" disabled={!kept} onClick={onKept}>
        {t('enrol.goOn')}
      </Button>
      {!kept && (
        <Text size="xs" c="dimmed">
          {t('enrol.keepFirst')}
        </Text>
      )}
    </Stack>
  );
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
