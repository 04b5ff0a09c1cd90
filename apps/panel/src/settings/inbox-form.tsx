import { Button, ColorInput, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { Email, InboxPatch, LANGUAGES, type InboxView } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { InboxWords, type Words } from './inbox-words';
import { OriginList } from './origin-list';
import { Group, SaveBar } from './parts';
import { inboxesQuery, inboxQuery, teamsQuery } from './queries';
import { WidgetPreview } from './widget-preview';

interface Values {
  name: string;
  colour: string;
  fallbackEmail: string;
  /** Empty for everybody's. */
  teamId: string;
  texts: Words;
}

const NO_WORDS = { title: '', greeting: '', consent: '' };
const SWATCHES = ['#176b55', '#4f46e5', '#1d4ed8', '#9d174d', '#b45309', '#334155'];

const valuesOf = (inbox: InboxView): Values => ({
  name: inbox.name,
  colour: inbox.colour,
  fallbackEmail: inbox.fallbackEmail ?? '',
  teamId: inbox.teamId ?? '',
  texts: Object.fromEntries(LANGUAGES.map((language) => [language, { ...NO_WORDS, ...inbox.texts[language] }])) as Words,
});

function patchOf({ name, colour, fallbackEmail, teamId, texts }: Values): InboxPatch {
  const written = LANGUAGES.map(
    (language) => [language, Object.fromEntries(Object.entries(texts[language]).filter(([, text]) => text.trim() !== ''))] as const,
  );
  return {
    name,
    colour: colour.toLowerCase(),
    fallbackEmail: fallbackEmail.trim() === '' ? null : fallbackEmail,
    teamId: teamId || null,
    texts: Object.fromEntries(written.filter(([, words]) => Object.keys(words).length > 0)),
  };
}

export function InboxForm({ inbox, readOnly }: { inbox: InboxView; readOnly: boolean }) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    initialValues: valuesOf(inbox),
    validate: {
      name: lineCheck(t, 80),
      colour: (value) => (/^#[0-9a-f]{6}$/i.test(value) ? null : t('fields.colour')),
      fallbackEmail: (value) => (value.trim() === '' || Email.safeParse(value).success ? null : t('fields.email')),
    },
  });
  const save = useMutation({
    mutationFn: (patch: InboxPatch) => api.updateInbox(inbox.id, patch),
    onSuccess: (saved) => {
      queries.setQueryData(inboxQuery(inbox.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: inboxesQuery.queryKey, exact: true });
    },
  });
  const submit = form.onSubmit((values) =>
    save.mutate(patchOf(values), {
      onSuccess: (saved) => {
        form.setInitialValues(valuesOf(saved));
        form.setValues(valuesOf(saved));
        notifications.show({ message: t('inboxes.saved'), autoClose: 3_000 });
      },
      onError: (error) => {
        const errors = fieldErrors(error);
        form.setErrors(errors);
        if (Object.keys(errors).length === 0) {
          notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
        }
      },
    }),
  );
  const teams = useQuery(teamsQuery).data?.items ?? [];
  // Sites save at once: one added here must work before the rest of the page is done.
  const setOrigins = (allowedOrigins: string[]) =>
    save.mutate(
      { allowedOrigins },
      { onError: (error) => notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' }) },
    );

  return (
    <form noValidate onSubmit={submit}>
      <Group title={t('inboxes.sites')} hint={t('inboxes.originsHint')}>
        <OriginList origins={inbox.allowedOrigins} readOnly={readOnly} onChange={setOrigins} />
      </Group>
      <Group title={t('inboxes.look')}>
        <Stack gap="md">
          <TextInput label={t('inboxes.name')} description={t('inboxes.nameHint')} readOnly={readOnly} {...form.getInputProps('name')} />
          <div>
            <ColorInput
              label={t('inboxes.colour')}
              description={t('inboxes.colourHint')}
              swatches={SWATCHES}
              withEyeDropper={false}
              disabled={readOnly}
              {...form.getInputProps('colour')}
            />
            <WidgetPreview colour={form.values.colour} />
          </div>
        </Stack>
      </Group>
      <Group title={t('inboxes.texts')} hint={t('inboxes.textsHint')}>
        <InboxWords
          words={form.values.texts}
          readOnly={readOnly}
          errors={form.errors}
          onChange={(texts) => form.setFieldValue('texts', texts)}
        />
      </Group>
      <Group title={t('inboxes.fallback')} hint={t('inboxes.fallbackHint')}>
        <TextInput
          type="email"
          aria-label={t('inboxes.fallback')}
          placeholder="help@example.com"
          readOnly={readOnly}
          {...form.getInputProps('fallbackEmail')}
        />
      </Group>
      {teams.length > 0 && (
        <Group title={t('inboxes.team')} hint={t('inboxes.teamHint')}>
          <Select
            aria-label={t('inboxes.team')}
            data={[{ value: '', label: t('inboxes.teamNone') }, ...teams.map(({ id, name }) => ({ value: id, label: name }))]}
            allowDeselect={false}
            readOnly={readOnly}
            {...form.getInputProps('teamId')}
          />
        </Group>
      )}
      {form.isDirty() && (
        <SaveBar words={t('inboxes.unsaved')}>
          <Button size="xs" variant="default" onClick={form.reset}>
            {t('inboxes.discard')}
          </Button>
          <Button size="xs" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </SaveBar>
      )}
    </form>
  );
}
