import { Alert, Anchor, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { ApiError } from '@sotto/client';
import type { StepUpState } from '@sotto/protocol';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';
import { CodeInput, isCode, isRecoveryCode, RecoveryInput } from './code-input';
import { passkeyFailure, passkeysWork } from './passkeys';

export type Way = StepUpState['methods'][number];

interface Props {
  /** What the person has. The first that this browser can do is asked for. */
  ways: readonly Way[];
  submit: string;
  /** Each throws when the proof is refused. A recovery code counts as a code. */
  onCode: (code: string) => Promise<unknown>;
  onPasskey?: () => Promise<unknown>;
  onPassword?: (password: string) => Promise<unknown>;
  onCancel?: () => void;
}

const ORDER = ['totp', 'passkey', 'password', 'recovery'] as const satisfies readonly Way[];
const SWITCH = { totp: 'proof.useApp', recovery: 'proof.useRecovery', passkey: 'proof.usePasskey', password: 'proof.usePassword' } as const;
/** A dialog below must not close by the Escape meant for this one. */
const OWN_ESCAPE = { 'data-mantine-stop-propagation': 'true' };

/** Asks for one proof of who is there, and lets the person take another way. */
export function ProofForm({ ways, submit, onCode, onPasskey, onPassword, onCancel }: Props) {
  const { t } = useTranslation();
  const possible = ORDER.filter((way) => ways.includes(way) && (way !== 'passkey' || passkeysWork));
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = chosen ?? possible[0];
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState<string | null>(null);
  const prove = useMutation({
    mutationFn: async (text: string) => {
      if (way === 'passkey') await onPasskey?.();
      else if (way === 'password') await onPassword?.(text);
      else await onCode(text);
    },
    onError: () => setTyped(''),
  });
  const type = (text: string) => {
    setTyped(text);
    setMissing(null);
  };
  const send = (text: string) => {
    const lack = lacking(t, way, text);
    setMissing(lack);
    if (lack === null && !prove.isPending) prove.mutate(text);
  };
  const take = (other: Way) => {
    setChosen(other);
    type('');
    prove.reset();
  };
  const failure = prove.isError ? proofFailure(t, prove.error, way) : null;
  const field = { value: typed, onChange: type, error: missing ?? failure, autoFocus: true, 'data-autofocus': true, ...OWN_ESCAPE };

  if (way === undefined) return <Alert color="amber">{t('stepUp.none')}</Alert>;
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        // A dialog lives in React inside the form that opened it.
        event.stopPropagation();
        send(typed);
      }}
    >
      <Stack gap="md">
        {way === 'totp' && <CodeInput key="totp" {...field} onComplete={send} />}
        {way === 'recovery' && <RecoveryInput key="recovery" {...field} />}
        {way === 'password' && (
          <PasswordInput
            key="password"
            {...field}
            label={t('proof.password')}
            name="password"
            autoComplete="current-password"
            onChange={(event) => type(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('password.show'), ...OWN_ESCAPE }}
          />
        )}
        {way === 'passkey' && (
          <Text size="sm" c="dimmed">
            {t('proof.passkeyHint')}
          </Text>
        )}
        <div role="alert">
          {way === 'passkey' && failure && (
            <Alert color="red" variant="light">
              {failure}
            </Alert>
          )}
        </div>
        <Group gap="xs" justify={onCancel ? 'flex-end' : undefined} grow={!onCancel}>
          {onCancel && (
            <Button variant="default" onClick={onCancel} {...OWN_ESCAPE}>
              {t('common.cancel')}
            </Button>
          )}
          <Button
            type="submit"
            size={onCancel ? 'sm' : 'md'}
            loading={prove.isPending}
            leftSection={way === 'passkey' && <IconFingerprint size={18} stroke={1.7} aria-hidden />}
            {...(way === 'passkey' ? { 'data-autofocus': true } : {})}
            {...OWN_ESCAPE}
          >
            {way === 'passkey' ? t('proof.usePasskey') : submit}
          </Button>
        </Group>
        {possible.length > 1 && (
          <Group gap="lg">
            {possible
              .filter((other) => other !== way)
              .map((other) => (
                <Anchor key={other} component="button" type="button" size="sm" onClick={() => take(other)} {...OWN_ESCAPE}>
                  {t(SWITCH[other])}
                </Anchor>
              ))}
          </Group>
        )}
      </Stack>
    </form>
  );
}

function lacking(t: TFunction, way: Way | undefined, text: string): string | null {
  if (way === 'totp') return isCode(text) ? null : t('proof.codeShort');
  if (way === 'recovery') return isRecoveryCode(text) ? null : t('proof.recoveryShort');
  return way === 'password' && text === '' ? t('fields.required') : null;
}

function proofFailure(t: TFunction, error: unknown, way: Way | undefined): string {
  const browsers = passkeyFailure(t, error);
  if (browsers) return browsers;
  if (!(error instanceof ApiError)) return failureText(t, error);
  if (error.code === 'auth.failed') return t('proof.passwordWrong');
  if (error.code !== 'auth.code-wrong') return failureText(t, error);
  if (way === 'password') return t('proof.passwordWrong');
  if (way === 'passkey') return t('proof.passkeyWrong');
  return t(way === 'recovery' ? 'proof.recoveryWrong' : 'proof.codeWrong');
}
