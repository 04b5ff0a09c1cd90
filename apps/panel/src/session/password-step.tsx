import { Alert, Anchor, Button, Checkbox, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@sotto/client';
import { IconBuilding } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { FrontPage } from './front-page';
import { signInMethodsQuery } from './session';
import { useSignedIn } from './signed-in';

const route = getRouteApi('/login');
const SENTENCES = {
  expired: 'login.expired',
  shutdown: 'login.expired',
  'consent.withdrawn': 'login.expired',
  'consent.stale': 'login.expired',
  'logged-out': 'login.loggedOut',
  'access-changed': 'login.accessChanged',
  'address-refused': 'login.addressRefused',
  'ended-elsewhere': 'login.endedElsewhere',
  unfinished: 'login.unfinished',
  'password-set': 'login.passwordSet',
} as const;

/** E-mail and password, or the organisation's own way. */
export function PasswordStep() {
  const { t } = useTranslation();
  const { to, reason, sso } = route.useSearch();
  const signedIn = useSignedIn(to);
  const organisations = useQuery(signInMethodsQuery).data?.sso ?? [];
  const form = useForm({
    initialValues: { email: '', password: '', remember: false },
    validate: {
      email: (value) => (value.trim() === '' ? t('fields.required') : null),
      password: (value) => (value === '' ? t('fields.required') : null),
    },
  });
  const login = useMutation({ mutationFn: api.login, onSuccess: signedIn, onError: () => form.setFieldValue('password', '') });

  return (
    <FrontPage title={t('login.title')}>
      {!login.isError && (sso || reason) && (
        <Alert variant="light" color={sso || reason === 'address-refused' ? 'red' : 'gray'} mt="lg" role="status">
          {sso ? t('login.ssoFailed') : reason && t(SENTENCES[reason])}
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
          <Checkbox
            label={t('login.remember')}
            description={t('login.rememberHint')}
            name="remember"
            {...form.getInputProps('remember', { type: 'checkbox' })}
          />
          {login.isError && (
            <Alert color="red" variant="light" role="alert">
              {loginFailure(t, login.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={login.isPending}>
            {t('login.submit')}
          </Button>
          <Anchor component={Link} to="/forgot" size="sm" ta="center">
            {t('login.forgotten')}
          </Anchor>
        </Stack>
      </form>
      {organisations.length > 0 && (
        <Stack gap="md" mt="lg">
          <Divider label={t('proof.or')} />
          {organisations.map(({ accountId, name }) => (
            <Button
              key={accountId}
              component="a"
              href={`/api/v1/auth/sso/${accountId}`}
              variant="default"
              size="md"
              leftSection={<IconBuilding size={18} stroke={1.7} aria-hidden />}
            >
              {t('login.sso', { name })}
            </Button>
          ))}
        </Stack>
      )}
    </FrontPage>
  );
}

function loginFailure(t: TFunction, error: unknown): string {
  const code = error instanceof ApiError ? error.code : null;
  if (code === 'auth.failed') return t('login.failed');
  return code === 'address.refused' ? t('login.addressRefused') : failureText(t, error);
}
