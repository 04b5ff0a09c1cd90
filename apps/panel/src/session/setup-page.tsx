import { Alert, Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@sotto/client';
import type { SetupInput } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { emailCheck, lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import classes from './front-page.module.css';
import { FrontPage } from './front-page';
import { NewPasswordInput } from './new-password';
import { passwordCheck } from './password-checks';
import { meQuery, queries, setupQuery } from './session';

export function SetupPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const state = useQuery(setupQuery);
  const form = useForm<SetupInput>({
    initialValues: { code: '', account: { name: '' }, owner: { name: '', email: '', password: '' } },
    validate: {
      code: (value) => (value.trim() === '' ? t('fields.required') : null),
      account: { name: lineCheck(t, 120) },
      owner: {
        name: lineCheck(t, 120),
        email: emailCheck(t),
        password: passwordCheck(t),
      },
    },
  });
  const setup = useMutation({
    mutationFn: api.setup,
    onSuccess: async (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      queries.setQueryData(setupQuery.queryKey, { needed: false });
      await navigate({ to: '/inbox/$view', params: { view: 'open' }, replace: true });
    },
    onError: (error) => {
      const code = error instanceof ApiError ? error.code : null;
      if (code === 'setup.code-invalid') form.setErrors({ code: t('setup.codeWrong') });
      else if (code === 'password.weak') form.setErrors({ 'owner.password': t('password.weak') });
      else form.setErrors(fieldErrors(error));
    },
  });
  const told = Object.keys(form.errors).length > 0;

  if (state.data && !state.data.needed && !setup.isSuccess) {
    return (
      <FrontPage title={t('setup.title')} intro={t('setup.done')}>
        <Anchor component={Link} to="/login" mt="md" display="inline-block">
          {t('setup.toLogin')}
        </Anchor>
      </FrontPage>
    );
  }
  return (
    <FrontPage title={t('setup.title')} intro={t('setup.intro')}>
      <form noValidate onSubmit={form.onSubmit((values) => setup.mutate({ ...values, code: values.code.trim() }), focusFirst)}>
        <Stack gap="md" mt="xl">
          <TextInput
            label={t('setup.code')}
            description={t('setup.codeHint')}
            placeholder="XXXX-XXXX-XXXX"
            className={classes.code}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            data-autofocus
            autoFocus
            required
            withAsterisk={false}
            name="code"
            {...form.getInputProps('code')}
          />
          <TextInput
            label={t('setup.accountName')}
            description={t('setup.accountHint')}
            autoComplete="organization"
            required
            withAsterisk={false}
            name="account"
            {...form.getInputProps('account.name')}
          />
          <TextInput
            label={t('setup.yourName')}
            description={t('setup.nameHint')}
            autoComplete="name"
            required
            withAsterisk={false}
            name="name"
            {...form.getInputProps('owner.name')}
          />
          <TextInput
            label={t('setup.email')}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            name="email"
            {...form.getInputProps('owner.email')}
          />
          <NewPasswordInput
            about={[form.values.account.name, form.values.owner.name, form.values.owner.email]}
            required
            withAsterisk={false}
            name="password"
            {...form.getInputProps('owner.password')}
            value={form.values.owner.password}
          />
          {setup.isError && !told && (
            <Alert color="red" variant="light" role="alert">
              {failureText(t, setup.error)}
            </Alert>
          )}
          <Button type="submit" loading={setup.isPending} size="md" mt="xs">
            {t('setup.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}

/** After a refused submit the first wrong field has the focus, so that its message is read. */
function focusFirst(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus());
}
