import { Alert, Button, Group as Row, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { TOKEN_SCOPES, type Permission } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { useStepUp } from '../session/step-up';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { PermissionBoxes } from './permission-boxes';
import { tokensQuery } from './queries';
import { Snippet } from './snippet';

const DAYS = [7, 30, 90, 180, 366];

const linesOf = (text: string) =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const form = useForm({
    initialValues: { name: '', scopes: ['conversation.read'] as Permission[], days: '90', addresses: '' },
    validate: { name: lineCheck(t, 80), scopes: (scopes) => (scopes.length === 0 ? t('tokens.scopesNeeded') : null) },
  });
  const make = useMutation({
    mutationFn: ({ name, scopes, days, addresses }: typeof form.values) =>
      confirmed(() => api.createApiToken({ name, scopes, expiresInDays: Number(days), ipAllowlist: linesOf(addresses) })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    onError: (error) => {
      const fields = fieldErrors(error);
      const address = Object.entries(fields).find(([path]) => path.startsWith('ipAllowlist'))?.[1];
      form.setErrors({
        ...fields,
        ...(address ? { addresses: address } : {}),
        ...(Object.keys(fields).length === 0 ? { name: failureText(t, error) } : {}),
      });
    },
  });
  // The token cannot be shown again: a click beside the dialog must not lose it.
  const shown = make.data !== undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('tokens.newTitle')}
      closeOnClickOutside={!shown}
      closeOnEscape={!shown}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {make.data ? (
        <Stack gap="md">
          <Alert color="amber">{t('tokens.shownOnce')}</Alert>
          <div role="group" aria-label={t('tokens.token')}>
            <Snippet code={make.data.token} />
          </div>
          <Row justify="flex-end">
            <Button onClick={onClose}>{t('tokens.done')}</Button>
          </Row>
        </Stack>
      ) : (
        <form noValidate onSubmit={form.onSubmit((values) => make.mutate(values))}>
          <Stack gap="md">
            <TextInput label={t('tokens.name')} description={t('tokens.nameHint')} data-autofocus {...form.getInputProps('name')} />
            <div role="group" aria-label={t('tokens.scopes')}>
              <Text size="sm" fw={500} mb={6}>
                {t('tokens.scopes')}
              </Text>
              <PermissionBoxes
                offered={TOKEN_SCOPES}
                value={form.values.scopes}
                onChange={(scopes) => form.setFieldValue('scopes', scopes)}
              />
              {form.errors['scopes'] && (
                <Text size="xs" c="var(--mantine-color-error)" mt={4} role="alert">
                  {form.errors['scopes']}
                </Text>
              )}
            </div>
            <Select
              label={t('tokens.days')}
              allowDeselect={false}
              data={DAYS.map((days) => ({ value: String(days), label: t('tokens.daysOption', { count: days }) }))}
              {...form.getInputProps('days')}
            />
            <Textarea
              label={t('tokens.addresses')}
              description={t('tokens.addressesHint')}
              autosize
              minRows={2}
              {...form.getInputProps('addresses')}
            />
            <Row justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('tokens.create')}
              </Button>
            </Row>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
