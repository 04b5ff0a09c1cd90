import { Alert, Button, Loader, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@sotto/client';
import type { InvitationView } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { FrontPage } from './front-page';
import { LinkInvalid } from './link-invalid';
import { useLinkToken } from './link-token';
import { NewPasswordInput } from './new-password';
import { isLinkInvalid, isWeak, passwordCheck } from './password-checks';
import { useSignedIn } from './signed-in';

/** Accepts an invitation: says to what, and makes the new member's name and password. */
export function JoinPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.invitation(token),
    enabled: token !== '',
    staleTime: Infinity,
  });

  if (token === '' || isLinkInvalid(invitation.error)) return <LinkInvalid kind="join" />;
  if (invitation.data) return <JoinForm token={token} invitation={invitation.data} />;
  return (
    <FrontPage title={t('join.titlePlain')}>
      {invitation.isError ? (
        <Alert color="red" variant="light" mt="lg" role="alert">
          {failureText(t, invitation.error)}
          <Button size="xs" variant="default" mt="sm" display="block" onClick={() => void invitation.refetch()}>
            {t('common.retry')}
          </Button>
        </Alert>
      ) : (
        <Loader size="sm" mt="lg" aria-label={t('common.loading')} />
      )}
    </FrontPage>
  );
}

function JoinForm({ token, invitation }: { token: string; invitation: InvitationView }) {
  const { t } = useTranslation();
  const signedIn = useSignedIn();
  const form = useForm({
    initialValues: { name: invitation.name, password: '' },
    validate: { name: lineCheck(t, 120), password: passwordCheck(t) },
  });
  const join = useMutation({
    mutationFn: (input: { name: string; password: string }) => api.acceptInvitation({ token, ...input }),
    onSuccess: signedIn,
    onError: (error) => form.setErrors(isWeak(error) ? { password: t('password.weak') } : fieldErrors(error)),
  });
  const told = Object.keys(form.errors).length > 0;
  const refused = join.error instanceof ApiError && join.error.code === 'address.refused';

  if (isLinkInvalid(join.error)) return <LinkInvalid kind="join" />;
  return (
    <FrontPage
      title={t('join.title', { account: invitation.account })}
      intro={t('join.intro', { account: invitation.account, role: t(`roles.${invitation.role}`), email: invitation.email })}
    >
      <form noValidate onSubmit={form.onSubmit((values) => join.mutate(values))}>
        <Stack gap="md" mt="lg">
          <TextInput label={t('login.email')} value={invitation.email} readOnly autoComplete="username" name="email" type="email" />
          <TextInput
            label={t('setup.yourName')}
            description={t('setup.nameHint')}
            autoComplete="name"
            required
            withAsterisk={false}
            name="name"
            {...form.getInputProps('name')}
          />
          <NewPasswordInput
            about={[invitation.account, form.values.name, invitation.email]}
            autoFocus
            required
            withAsterisk={false}
            name="password"
            {...form.getInputProps('password')}
            value={form.values.password}
          />
          {join.isError && !told && (
            <Alert color="red" variant="light" role="alert">
              {refused ? t('login.addressRefused') : failureText(t, join.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={join.isPending}>
            {t('join.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
