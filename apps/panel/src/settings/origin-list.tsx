import { ActionIcon, Button, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { originOf } from '../words/checks';
import classes from './settings.module.css';

export function OriginList({
  origins,
  readOnly,
  onChange,
}: {
  origins: readonly string[];
  readOnly: boolean;
  onChange: (origins: string[]) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const add = () => {
    const origin = originOf(typed);
    setWrong(origin === null);
    if (origin === null) return;
    setTyped('');
    if (!origins.includes(origin)) onChange([...origins, origin]);
  };
  return (
    <>
      {origins.length === 0 && (
        <Text size="sm" c="dimmed" mb="xs">
          {t('inboxes.noOrigins')}
        </Text>
      )}
      <ul className={classes.origins} aria-label={t('inboxes.origins')}>
        {origins.map((origin) => (
          <li key={origin} className={classes.origin}>
            {origin}
            {!readOnly && (
              <ActionIcon
                size="sm"
                aria-label={t('inboxes.removeOrigin', { origin })}
                onClick={() => onChange(origins.filter((other) => other !== origin))}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <TextInput
          aria-label={t('inboxes.addOrigin')}
          placeholder="https://www.example.com"
          inputMode="url"
          value={typed}
          error={wrong && t('fields.origin')}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
          rightSectionWidth={90}
          rightSection={
            <Button size="compact-sm" variant="subtle" onClick={add}>
              {t('inboxes.add')}
            </Button>
          }
        />
      )}
    </>
  );
}
