import { Alert, Button, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { FrontPage } from './front-page';
import { LinkInvalid } from './link-invalid';
import { useLinkToken } from './link-token';
import { NewPasswordInput } from './new-password';
import { isLinkInvalid, isWeak, passwordCheck } from './password-checks';

/** Sets a new password with a mailed link. Signing in comes after, with the second factor as ever. */
export function ResetPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useLinkToken();
  const form = useForm({ initialValues: { password: '' }, validate: { password: passwordCheck(t) } });
  const reset = useMutation({
    mutationFn: (password: string) => api.resetPassword(token, password),
    onSuccess: () => navigate({ to: '/login', search: { reason: 'password-set' }, replace: true }),
    onError: (error) => isWeak(error) && form.setErrors({ password: t('password.weak') }),
  });

  if (token === '' || isLinkInvalid(reset.error)) return <LinkInvalid kind="reset" />;
  return (
    <FrontPage title={t('reset.title')} intro={t('reset.intro')}>
      <form noValidate onSubmit={form.onSubmit(({ password }) => reset.mutate(password))}>
        <Stack gap="md" mt="lg">
          <NewPasswordInput
            about={[]}
            autoFocus
            required
            withAsterisk={false}
            name="password"
            {...form.getInputProps('password')}
            value={form.values.password}
          />
          {reset.isError && !isWeak(reset.error) && (
            <Alert color="red" variant="light" role="alert">
              {failureText(t, reset.error)}
            </Alert>
          )}
          <Button type="submit" size="md" loading={reset.isPending}>
            {t('reset.submit')}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
