import { Button, Group as Row, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconChevronRight, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries, useMay } from '../session/session';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { ago, useNow } from '../words/time';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import { inboxesQuery, inboxQuery } from './queries';
import classes from './settings.module.css';

export function InboxesPage() {
  const { t, i18n } = useTranslation();
  const manages = useMay('inbox.manage');
  const inboxes = useQuery({ ...inboxesQuery, refetchInterval: 15_000 });
  const now = useNow();
  const [making, setMaking] = useState(false);

  if (inboxes.isPending) return <PageSkeleton />;
  if (inboxes.isError) return <PageFailure error={inboxes.error} onRetry={() => void inboxes.refetch()} />;
  return (
    <>
      <PageHead
        title={t('inboxes.title')}
        intro={t('inboxes.intro')}
        action={
          manages && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
              {t('inboxes.new')}
            </Button>
          )
        }
      />
      <ul className={classes.cards}>
        {inboxes.data.items.map((inbox) => (
          <li key={inbox.id}>
            <Link to="/settings/inboxes/$inboxId" params={{ inboxId: inbox.id }} className={classes.card}>
              <span className={classes.swatch} style={{ background: inbox.colour }} aria-hidden="true" />
              <span className={classes.cardText}>
                <Text component="span" display="block" fw={550}>
                  {inbox.name}
                </Text>
                <Text component="span" display="block" size="sm" c="dimmed">
                  {inbox.seen
                    ? t('inboxes.seen', { origin: inbox.seen.origin, time: ago(inbox.seen.at, now, i18n.language) })
                    : t('inboxes.seenNever')}
                </Text>
              </span>
              <IconChevronRight size={18} className={classes.chevron} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={t('inboxes.newTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <NewInboxForm onCancel={() => setMaking(false)} />
      </Modal>
    </>
  );
}

function NewInboxForm({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: '' }, validate: { name: lineCheck(t, 80) } });
  const create = useMutation({
    mutationFn: api.createInbox,
    onSuccess: async (inbox) => {
      queries.setQueryData(inboxQuery(inbox.id).queryKey, inbox);
      void queries.invalidateQueries({ queryKey: inboxesQuery.queryKey, exact: true });
      await navigate({ to: '/settings/inboxes/$inboxId', params: { inboxId: inbox.id } });
    },
    onError: (error) => form.setErrors({ name: fieldErrors(error)['name'] ?? failureText(t, error) }),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack gap="md">
        <TextInput label={t('inboxes.name')} description={t('inboxes.nameHint')} data-autofocus {...form.getInputProps('name')} />
        <Row justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('inboxes.create')}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
