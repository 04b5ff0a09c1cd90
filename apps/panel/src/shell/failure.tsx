import { Button, EmptyState } from '@mantine/core';
import { IconCloudOff, IconMapQuestion } from '@tabler/icons-react';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';
import { ApiError } from '@sotto/client';
import classes from './failure.module.css';

/** A page that could not be shown, with what to do next. */
export function Failure({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const known = error instanceof ApiError;
  return (
    <main className={classes.page}>
      <EmptyState
        icon={<IconCloudOff />}
        title={known ? t('errors.title') : t('errors.crashed')}
        description={known ? failureText(t, error) : t('errors.crashedHint')}
      >
        <EmptyState.Actions>
          <Button
            onClick={() => {
              if (!known) return window.location.reload();
              reset();
              void router.invalidate();
            }}
          >
            {known ? t('common.retry') : t('errors.reload')}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </main>
  );
}

export function Missing() {
  const { t } = useTranslation();
  return (
    <main className={classes.page}>
      <EmptyState icon={<IconMapQuestion />} title={t('errors.pageMissing')}>
        <EmptyState.Actions>
          <Button component={Link} to="/">
            {t('errors.toInbox')}
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </main>
  );
}
