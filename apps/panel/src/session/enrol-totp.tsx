import { Alert, Anchor, Button, Skeleton, Stack, Text } from '@mantine/core';
import { ApiError } from '@sotto/client';
import type { RecoveryCodes } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { CodeInput, isCode } from './code-input';
import { CopyText } from './copy-button';
import classes from './enrol.module.css';
import { QrCode } from './qr-code';
import { enrolmentQuery, renewing } from './session';
import { useStepUp } from './step-up';

/** Brings an authenticator app and the account together: a secret to scan or type, and a code that shows it arrived. */
export function EnrolTotp({ onDone }: { onDone: (codes: RecoveryCodes['recoveryCodes']) => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const enrolment = useQuery({ ...enrolmentQuery, queryFn: () => confirmed(api.beginTotp), retry: false });
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState<string | null>(null);
  const confirm = useMutation({
    mutationFn: (typed: string) => renewing(() => api.confirmTotp(typed)),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
    onError: () => setCode(''),
  });
  const send = (typed: string) => {
    setMissing(isCode(typed) ? null : t('proof.codeShort'));
    if (isCode(typed) && !confirm.isPending) confirm.mutate(typed);
  };
  const wrong = confirm.error instanceof ApiError && confirm.error.code === 'auth.code-wrong';

  if (enrolment.isError) {
    return (
      <Alert color="red" variant="light" role="alert">
        <Text size="sm">{failureText(t, enrolment.error)}</Text>
        <Button size="xs" variant="default" mt="sm" onClick={() => void enrolment.refetch()}>
          {t('common.retry')}
        </Button>
      </Alert>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send(code);
      }}
    >
      <ol className={classes.steps}>
        <li>
          <Text fw={550}>{t('enrol.scan')}</Text>
          <Text size="sm" c="dimmed">
            {t('enrol.scanHint')}
          </Text>
          {enrolment.data ? <Secret {...enrolment.data} /> : <Skeleton height={196} width={196} radius="md" mt="sm" />}
        </li>
        <li>
          <Stack gap="md">
            <CodeInput
              label={t('enrol.code')}
              description={t('proof.codeHint')}
              value={code}
              onChange={(typed) => {
                setCode(typed);
                setMissing(null);
              }}
              onComplete={send}
              error={missing ?? (confirm.isError ? (wrong ? t('enrol.codeWrong') : failureText(t, confirm.error)) : null)}
              disabled={!enrolment.data}
            />
            <Button type="submit" size="md" loading={confirm.isPending} disabled={!enrolment.data}>
              {t('enrol.submit')}
            </Button>
          </Stack>
        </li>
      </ol>
    </form>
  );
}

function Secret({ secret, uri }: { secret: string; uri: string }) {
  const { t } = useTranslation();
  return (
    <>
      <QrCode text={uri} label={t('enrol.qr')} />
      <Text size="sm" c="dimmed" id="totp-secret">
        {t('enrol.secret')}
      </Text>
      <div className={classes.secret}>
        <code aria-labelledby="totp-secret">{secret.match(/.{1,4}/g)?.join(' ')}</code>
        <CopyText value={secret} />
      </div>
      <Anchor href={uri} size="sm" display="inline-block" mt="xs">
        {t('enrol.onThisDevice')}
      </Anchor>
    </>
  );
}
