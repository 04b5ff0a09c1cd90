import { Alert, Anchor, Button, Group as Row, NumberInput, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import type { MailSettings, MailSettingsInput } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { emailCheck, lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { Group, PageFailure, PageHead, PageSkeleton } from './parts';
import { mailQuery } from './queries';

const PORTS = { tls: 465, starttls: 587 } as const;

export function MailPage() {
  const { t } = useTranslation();
  const settings = useQuery({ ...mailQuery, refetchOnWindowFocus: false });
  const test = useMutation({
    mutationFn: () => api.testMail(),
    onSuccess: () => notifications.show({ message: t('mail.testSent') }),
  });
  if (settings.isPending) return <PageSkeleton />;
  if (!settings.data) return <PageFailure error={settings.error} onRetry={() => void settings.refetch()} />;
  const { source } = settings.data;
  return (
    <>
      <PageHead
        title={t('mail.title')}
        intro={t('mail.intro')}
        action={
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('mail.test')}
          </Button>
        }
      />
      {test.isError && (
        <Alert color="red" mb="md" role="alert">
          {failureText(t, test.error)}
        </Alert>
      )}
      <Text mb="lg">
        {source === 'account' && t('mail.sourceAccount')}
        {source === 'installation' && t('mail.sourceInstallation')}
        {source === 'mailbox' && (
          <>
            {t('mail.sourceMailbox')}{' '}
            <Anchor href="/dev/mail" target="_blank" rel="noopener" underline="always">
              /dev/mail
            </Anchor>
          </>
        )}
      </Text>
      <Group title={t('mail.own')} hint={t('mail.ownHint')}>
        <MailForm key={source} settings={settings.data} />
      </Group>
    </>
  );
}

function MailForm({ settings: { server } }: { settings: MailSettings }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const { account } = useMe();
  const form = useForm({
    initialValues: {
      host: server?.host ?? '',
      port: server?.port ?? PORTS.starttls,
      security: server?.security ?? ('starttls' as const),
      user: server?.user ?? '',
      password: '',
      fromName: server?.fromName ?? account.name,
      fromAddress: server?.fromAddress ?? '',
    },
    validate: { host: lineCheck(t, 253), fromName: lineCheck(t, 120), fromAddress: emailCheck(t) },
  });
  const save = useMutation({
    mutationFn: ({ password, ...rest }: MailSettingsInput & { password: string }) =>
      confirmed(() => api.updateMail({ ...rest, ...(password === '' ? {} : { password }) })),
    onSuccess: (saved) => {
      queries.setQueryData(mailQuery.queryKey, saved);
      form.setFieldValue('password', '');
      notifications.show({ message: t('admin.saved') });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const remove = useMutation({
    mutationFn: () => confirmed(() => api.removeMail()),
    onSuccess: () => {
      notifications.show({ message: t('mail.removed') });
      void queries.resetQueries({ queryKey: mailQuery.queryKey });
    },
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  const protect = (security: string) => {
    const chosen = security === 'tls' ? 'tls' : 'starttls';
    const other = PORTS[chosen === 'tls' ? 'starttls' : 'tls'];
    form.setValues({ security: chosen, ...(form.values.port === other ? { port: PORTS[chosen] } : {}) });
  };
  const problem = save.isError && Object.keys(fieldErrors(save.error)).length === 0 ? failureText(t, save.error) : null;
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <Row align="flex-start" gap="sm" wrap="nowrap">
          <TextInput flex={1} label={t('mail.host')} placeholder="smtp.example.com" autoComplete="off" {...form.getInputProps('host')} />
          <NumberInput w={110} label={t('mail.port')} min={1} max={65_535} hideControls {...form.getInputProps('port')} />
        </Row>
        <div>
          <Text component="div" size="sm" fw={500} mb={4} id="mail-protection">
            {t('mail.protection')}
          </Text>
          <SegmentedControl
            aria-labelledby="mail-protection"
            fullWidth
            value={form.values.security}
            onChange={protect}
            data={[
              { value: 'starttls', label: t('mail.starttls') },
              { value: 'tls', label: t('mail.tls') },
            ]}
          />
        </div>
        <TextInput label={t('mail.user')} autoComplete="off" {...form.getInputProps('user')} />
        <PasswordInput
          label={t('mail.password')}
          description={server?.hasPassword ? t('mail.passwordKept') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
          {...form.getInputProps('password')}
        />
        <TextInput label={t('mail.fromName')} {...form.getInputProps('fromName')} />
        <TextInput label={t('mail.fromAddress')} type="email" autoComplete="off" {...form.getInputProps('fromAddress')} />
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <Row gap="xs">
          <Button type="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
          {server && (
            <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('mail.remove')}
            </Button>
          )}
        </Row>
      </Stack>
    </form>
  );
}
