import { Button, EmptyState, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';
import classes from './settings.module.css';

/** A part of a settings page: what it is about on one side, its fields on the other. */
export function Group({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className={classes.group}>
      <div>
        <Title order={2} fz="md">
          {title}
        </Title>
        {hint && (
          <Text className={classes.about} mt={4}>
            {hint}
          </Text>
        )}
      </div>
      <div>{children}</div>
    </section>
  );
}

export function PageHead({ before, title, intro, action }: { before?: ReactNode; title: string; intro?: string; action?: ReactNode }) {
  return (
    <div className={classes.head}>
      <div>
        {before}
        <Title order={1}>{title}</Title>
        {intro && (
          <Text c="dimmed" mt={4} maw={560}>
            {intro}
          </Text>
        )}
      </div>
      {action}
    </div>
  );
}

/** Stays in sight while something is not saved. */
export function SaveBar({ words, children }: { words: string; children: ReactNode }) {
  return (
    <div className={classes.save} role="status">
      <Text size="sm">{words}</Text>
      <div style={{ display: 'flex', gap: 8 }}>{children}</div>
    </div>
  );
}

export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack gap="md" role="status" aria-label={t('common.loading')}>
      <Skeleton height={24} width={180} radius="sm" />
      <Skeleton height={12} width="60%" radius="sm" />
      <Skeleton height={64} radius="lg" mt="md" />
      <Skeleton height={64} radius="lg" />
    </Stack>
  );
}

export function PageFailure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<IconCloudOff stroke={1.4} />} title={t('errors.title')} description={failureText(t, error)} py={60}>
      <EmptyState.Actions>
        <Button onClick={onRetry}>{t('common.retry')}</Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
