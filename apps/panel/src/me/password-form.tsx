import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@sotto/client';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { NewPasswordInput } from '../session/new-password';
import { isWeak, passwordCheck } from '../session/password-checks';
import { meQuery, queries, renewing, useMe } from '../session/session';
import { failureText } from '../words/failure';
import { sessionsQuery } from './queries';

const EMPTY = { current: '', password: '' };

export function PasswordForm() {
  const { t } = useTranslation();
  const { member, account } = useMe();
  const form = useForm({
    initialValues: EMPTY,
    validate: { current: (value) => (value === '' ? t('fields.required') : null), password: passwordCheck(t) },
  });
  const change = useMutation({
    mutationFn: (values: typeof EMPTY) => renewing(() => api.changePassword(values)),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      form.reset();
      notifications.show({ message: t('me.passwordChanged') });
    },
    onError: (error) => {
      if (isWeak(error)) form.setErrors({ password: t('password.weak') });
      else if (error instanceof ApiError && error.code === 'auth.failed') form.setErrors({ current: t('proof.passwordWrong') });
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
      {/* Password managers look for whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={member.email} readOnly hidden />
      <Stack gap="md">
        <PasswordInput
          label={t('me.passwordCurrent')}
          autoComplete="current-password"
          name="current"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
          {...form.getInputProps('current')}
        />
        <NewPasswordInput
          about={[account.name, member.name, member.email]}
          label={t('me.passwordNew')}
          name="password"
          required
          withAsterisk={false}
          {...form.getInputProps('password')}
          value={form.values.password}
        />
        {change.isError && Object.keys(form.errors).length === 0 && (
          <Alert color="red" variant="light" role="alert">
            {failureText(t, change.error)}
          </Alert>
        )}
        <Button type="submit" size="xs" style={{ alignSelf: 'start' }} loading={change.isPending}>
          {t('me.passwordChange')}
        </Button>
      </Stack>
    </form>
  );
}
