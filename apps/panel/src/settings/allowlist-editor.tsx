import { ActionIcon, Button, Group as Row, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { AllowedRange } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import classes from './settings.module.css';

export function AllowlistEditor({
  list,
  onChange,
  yourAddress,
  errors,
  readOnly,
}: {
  list: readonly AllowedRange[];
  onChange: (list: AllowedRange[]) => void;
  yourAddress: string;
  /** What the server said, by path such as `ipAllowlist.0.range`. */
  errors: Record<string, string>;
  readOnly: boolean;
}) {
  const { t } = useTranslation();
  const change = (index: number, part: Partial<AllowedRange>) =>
    onChange(list.map((line, place) => (place === index ? { ...line, ...part } : line)));
  const add = (range: string) => onChange([...list, { range, label: '' }]);
  const written = list.filter(({ range }) => range.trim() !== '');
  return (
    <Stack gap="sm">
      {list.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('security.everywhere')}
        </Text>
      )}
      {list.map((line, index) => (
        <div key={index} className={classes.range}>
          <TextInput
            aria-label={t('security.range')}
            placeholder="203.0.113.0/24"
            value={line.range}
            readOnly={readOnly}
            error={errors[`ipAllowlist.${index}.range`] ?? errors[`ipAllowlist.${index}`]}
            onChange={(event) => change(index, { range: event.currentTarget.value })}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <TextInput
            aria-label={t('security.label')}
            placeholder={t('security.labelHint')}
            value={line.label}
            readOnly={readOnly}
            maxLength={80}
            onChange={(event) => change(index, { label: event.currentTarget.value })}
          />
          {!readOnly && (
            <ActionIcon
              size={36}
              aria-label={t('security.removeRange', { range: line.range })}
              onClick={() => onChange(list.filter((_, place) => place !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </div>
      ))}
      {errors['ipAllowlist'] && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {errors['ipAllowlist']}
        </Text>
      )}
      {!readOnly && (
        <>
          <Text size="xs" c="dimmed">
            {t('security.rangeHint')}
          </Text>
          <Row gap="xs">
            <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => add('')}>
              {t('security.add')}
            </Button>
            <Button variant="subtle" onClick={() => add(yourAddress)} disabled={list.some(({ range }) => range === yourAddress)}>
              {t('security.addYours')}
            </Button>
          </Row>
        </>
      )}
      <Standing address={yourAddress} list={written} />
      <TryAddress list={written} />
    </Stack>
  );
}

/** Where the reader is, and that they see it before they save. */
function Standing({ address, list }: { address: string; list: readonly AllowedRange[] }) {
  const { t } = useTranslation();
  const listed = list.some(({ range }) => range === address);
  return (
    <Text size="sm" className={classes.wrap}>
      {t('security.yourAddress', { address })} {listed && t('security.inList')}
    </Text>
  );
}

function TryAddress({ list }: { list: AllowedRange[] }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState('');
  const test = useMutation({ mutationFn: (typed: string) => api.testAddress(typed, list) });
  const answer = test.data;
  const words = !answer
    ? null
    : !answer.inside
      ? t('security.testOutside', { address: test.variables })
      : answer.range === null
        ? t('security.testEverywhere', { address: test.variables })
        : t('security.testInside', { address: test.variables, range: answer.range });
  const run = () => {
    if (address.trim() !== '') test.mutate(address.trim());
  };
  return (
    <div>
      <TextInput
        label={t('security.test')}
        placeholder="203.0.113.7"
        value={address}
        error={test.isError && failureText(t, test.error)}
        onChange={(event) => {
          setAddress(event.currentTarget.value);
          test.reset();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          run();
        }}
        rightSectionWidth={110}
        rightSection={
          <Button size="compact-sm" variant="subtle" onClick={run} loading={test.isPending}>
            {t('security.testButton')}
          </Button>
        }
      />
      <Text size="sm" mt={6} role="status" c={answer && !answer.inside ? 'var(--mantine-color-error)' : undefined} className={classes.wrap}>
        {words}
      </Text>
    </div>
  );
}
