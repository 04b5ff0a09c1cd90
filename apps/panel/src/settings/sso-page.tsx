import { Alert, Button, Group as Row, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import type { SsoSettings, SsoSettingsInput } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries, useMay, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { Group, PageFailure, PageHead, PageSkeleton } from './parts';
import { ssoQuery } from './queries';
import { Snippet } from './snippet';

export function SsoPage() {
  const { t } = useTranslation();
  const settings = useQuery({ ...ssoQuery, refetchOnWindowFocus: false });
  if (settings.isPending) return <PageSkeleton />;
  if (!settings.data) return <PageFailure error={settings.error} onRetry={() => void settings.refetch()} />;
  return (
    <>
      <PageHead title={t('sso.title')} intro={t('sso.intro')} />
      <SsoForm settings={settings.data} />
    </>
  );
}

const isUrl = (text: string) => /^https?:\/\/\S+$/.test(text.trim());

function SsoForm({ settings }: { settings: SsoSettings }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const manages = useMay('security.manage');
  const { account } = useMe();
  const form = useForm({
    initialValues: {
      enabled: settings.enabled,
      name: settings.name,
      issuer: settings.issuer,
      clientId: settings.clientId,
      clientSecret: '',
    },
    validate: {
      name: lineCheck(t, 60),
      issuer: (value) => (isUrl(value) ? null : t('fields.url')),
      clientId: lineCheck(t, 200),
      clientSecret: (value) => (value === '' && !settings.hasSecret ? t('fields.required') : null),
    },
  });
  const save = useMutation({
    mutationFn: ({ clientSecret, ...rest }: SsoSettingsInput & { clientSecret: string }) =>
      confirmed(() => api.updateSso({ ...rest, issuer: rest.issuer.trim(), ...(clientSecret === '' ? {} : { clientSecret }) })),
    onSuccess: (saved) => {
      queries.setQueryData(ssoQuery.queryKey, saved);
      form.setFieldValue('clientSecret', '');
      notifications.show({ message: t('admin.saved') });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const remove = useMutation({
    mutationFn: () => confirmed(() => api.removeSso()),
    onSuccess: () => {
      notifications.show({ message: t('sso.removed') });
      void queries.resetQueries({ queryKey: ssoQuery.queryKey });
    },
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  const problem = save.isError && Object.keys(fieldErrors(save.error)).length === 0 ? failureText(t, save.error) : null;
  return (
    <>
      <Group title={t('sso.redirect')} hint={t('sso.redirectHint')}>
        <Snippet code={settings.redirectUri} />
      </Group>
      <Group title={t('sso.title')}>
        <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
          <Stack gap="md">
            <TextInput label={t('sso.issuer')} description={t('sso.issuerHint')} readOnly={!manages} {...form.getInputProps('issuer')} />
            <TextInput label={t('sso.clientId')} autoComplete="off" readOnly={!manages} {...form.getInputProps('clientId')} />
            <PasswordInput
              label={t('sso.clientSecret')}
              description={settings.hasSecret ? t('sso.secretKept') : undefined}
              autoComplete="new-password"
              readOnly={!manages}
              visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
              {...form.getInputProps('clientSecret')}
            />
            <TextInput label={t('sso.name')} description={t('sso.nameHint')} readOnly={!manages} {...form.getInputProps('name')} />
            <Switch label={t('sso.enabled')} disabled={!manages} {...form.getInputProps('enabled', { type: 'checkbox' })} />
            {problem && (
              <Alert color="red" role="alert">
                {problem}
              </Alert>
            )}
            {manages && (
              <Row gap="xs">
                <Button type="submit" loading={save.isPending}>
                  {t('common.save')}
                </Button>
                {settings.hasSecret && (
                  <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
                    {t('sso.remove')}
                  </Button>
                )}
              </Row>
            )}
          </Stack>
        </form>
      </Group>
      {settings.enabled && (
        <Group title={t('sso.link')} hint={t('sso.linkHint')}>
          <Snippet code={`${window.location.origin}/api/v1/auth/sso/${account.id}`} />
        </Group>
      )}
    </>
  );
}
