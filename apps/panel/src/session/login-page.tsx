import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@sotto/client';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { FrontPage } from './front-page';
import { meQuery, queries } from './session';

const route = getRouteApi('/login');
const SENTENCES = {
  expired: 'login.expired',
  shutdown: 'login.expired',
  'consent.withdrawn': 'login.expired',
  'consent.stale': 'login.expired',
  'logged-out': 'login.loggedOut',
  'access-changed': 'login.accessChanged',
  'address-refused': 'login.accessChanged',
} as const;

export function LoginPage() {
  const { t } = useTranslation();
  const { to, reason } = route.useSearch();
  const router = useRouter();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? t('fields.required') : null),
      password: (value) => (value === '' ? t('fields.required') : null),
    },
  });
  const login = useMutation({
    mutationFn: api.login,
    onSuccess: (me) => {
      if (!('member' in me)) return;
      queries.setQueryData(meQuery.queryKey, me);
      router.history.push(to ?? '/inbox/open');
    },
    onError: () => form.setFieldValue('password', ''),
  });
  const failed = login.error instanceof ApiError && login.error.code === 'auth.failed';

  return (
    <FrontPage
      title={t('login.title')}
      foot={
        <Text size="sm" c="dimmed">
          {t('login.forgotten')}
        </Text>
      }
    >
      {reason && !login.isError && (
        <Alert variant="light" color="gray" mt="lg" role="status">
          {t(SENTENCES[reason])}
        </Alert>
      )}
      <form noValidate onSubmit={form.onSubmit((values) => login.mutate(values))}>
        <Stack gap="md" mt="lg">
          <TextInput
            label={t('login.email')}
            type="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            name="email"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('login.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            name="password"
            visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
            {...form.getInputProps('password')}
          />
          {login.isError && (
            <Alert color="red" variant="light" role="alert">
              {failed ? t('login.failed') : failureText(t, login.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={login.isPending} mt="xs">
            {t('login.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
