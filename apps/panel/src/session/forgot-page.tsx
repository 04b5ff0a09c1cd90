import { Alert, Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { emailCheck } from '../words/checks';
import { failureText } from '../words/failure';
import { FrontPage } from './front-page';

/** Asks for a link to set a new password. Says the same whether the address is known or not. */
export function ForgotPage() {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { email: '' }, validate: { email: emailCheck(t) } });
  const ask = useMutation({ mutationFn: api.requestPasswordReset });
  const back = (
    <Anchor component={Link} to="/login" size="sm">
      {t('reset.toLogin')}
    </Anchor>
  );

  if (ask.isSuccess) {
    return (
      <FrontPage title={t('reset.sentTitle')} foot={back}>
        <Alert variant="light" color="gray" mt="lg" role="status">
          {t('reset.sent', { email: ask.variables })}
        </Alert>
      </FrontPage>
    );
  }
  return (
    <FrontPage title={t('reset.forgotTitle')} intro={t('reset.forgotIntro')} foot={back}>
      <form noValidate onSubmit={form.onSubmit(({ email }) => ask.mutate(email.trim()))}>
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
          {ask.isError && (
            <Alert color="red" variant="light" role="alert">
              {failureText(t, ask.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={ask.isPending}>
            {t('reset.ask')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
