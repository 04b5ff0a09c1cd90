import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@sotto/client';
import type { RecoveryCodes } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { lineCheck } from '../words/checks';
import { failureText } from '../words/failure';
import { makePasskey, passkeyFailure } from './passkeys';
import { renewing } from './session';
import { useStepUp } from './step-up';

interface Props {
  /** Names of those there are. */
  taken?: readonly string[];
  onDone: (codes: RecoveryCodes['recoveryCodes']) => void;
  onCancel?: () => void;
}

/** Names a passkey and lets the browser make it. */
export function EnrolPasskey({ taken = [], onDone, onCancel }: Props) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const first = t('me.passkeyFirstName');
  const form = useForm({ initialValues: { name: taken.includes(first) ? '' : first }, validate: { name: lineCheck(t, 60) } });
  const add = useMutation({
    mutationFn: async (name: string) => {
      const made = await makePasskey(await confirmed(() => api.beginPasskey()));
      return renewing(() => confirmed(() => api.addPasskey(name.trim(), made)));
    },
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  });
  const refused = add.error instanceof ApiError && add.error.code === 'input.invalid';
  const failure = add.isError && (passkeyFailure(t, add.error) ?? (refused ? t('me.passkeyRefused') : failureText(t, add.error)));

  return (
    <form noValidate onSubmit={form.onSubmit(({ name }) => add.mutate(name))}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('proof.passkeyHint')}
        </Text>
        <TextInput
          label={t('me.passkeyName')}
          description={t('me.passkeyNameHint')}
          data-autofocus
          name="passkey"
          autoComplete="off"
          required
          withAsterisk={false}
          {...form.getInputProps('name')}
        />
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {failure}
        </Text>
        <Group justify="flex-end" gap="xs" grow={!onCancel}>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button type="submit" size={onCancel ? 'sm' : 'md'} loading={add.isPending}>
            {t('me.passkeyGo')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
