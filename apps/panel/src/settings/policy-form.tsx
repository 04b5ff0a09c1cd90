import { Alert, Button, Group as Row, List, Modal, Tabs, Text, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@sotto/client';
import { LANGUAGES, NewPolicyVersion, Purpose, type Language, type PolicyVersionView, type PolicyView } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { failureText, fieldErrors } from '../words/failure';
import { Group, SaveBar } from './parts';
import type { PolicyValues } from './policy-values';
import { PurposeList } from './purpose-list';
import { policiesQuery } from './queries';

const valuesOf = (version: PolicyVersionView): PolicyValues => ({
  texts: Object.fromEntries(LANGUAGES.map((language) => [language, version.texts[language] ?? ''])) as Record<Language, string>,
  url: version.url ?? '',
  purposes: version.purposes.map((purpose) => ({ ...purpose })),
});

const inputOf = ({ texts, url, purposes }: PolicyValues, basedOn: number): NewPolicyVersion => ({
  basedOn,
  texts: Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== '')),
  url: url.trim() === '' ? null : url.trim(),
  purposes,
});

/** Writes the next version. What was typed is never lost, whoever else publishes meanwhile. */
export function PolicyForm({ policy, current }: { policy: PolicyView; current: PolicyVersionView }) {
  const { t, i18n } = useTranslation();
  const [basedOn, setBasedOn] = useState(current.version);
  const [asking, setAsking] = useState(false);
  const form = useForm<PolicyValues>({
    initialValues: valuesOf(current),
    validate: {
      texts: (texts) => (Object.values(texts).some((text) => text.trim() !== '') ? null : t('policy.textNeeded')),
      url: (url) => (url.trim() === '' || NewPolicyVersion.shape.url.safeParse(url.trim()).success ? null : t('fields.url')),
      purposes: {
        id: (id, { purposes }) => {
          if (!Purpose.shape.id.safeParse(id).success) return t('policy.purposeIdWrong');
          return purposes.filter((other) => other.id === id).length > 1 ? t('policy.purposeTwice') : null;
        },
        label: (label) => (label.trim() === '' ? t('fields.required') : null),
      },
    },
  });
  const next = policy.currentVersion + 1;
  const conflict = current.version > basedOn;
  const dirty = form.isDirty();

  // Nothing typed yet: another's version simply becomes the text to start from.
  useEffect(() => {
    if (!conflict || dirty) return;
    form.setInitialValues(valuesOf(current));
    form.setValues(valuesOf(current));
    setBasedOn(current.version);
  }, [conflict, dirty, current, form]);

  const publish = useMutation({
    mutationFn: (values: PolicyValues) => api.publishPolicy(policy.id, inputOf(values, basedOn)),
    onSuccess: (published, values) => {
      setAsking(false);
      setBasedOn(published.currentVersion);
      form.setInitialValues(values);
      form.resetDirty(values);
      queries.setQueryData(
        policiesQuery.queryKey,
        (page) => page && { ...page, items: page.items.map((one) => (one.id === published.id ? published : one)) },
      );
      void queries.invalidateQueries({ queryKey: ['inboxes'] });
      notifications.show({ message: t('policy.published', { version: published.currentVersion }), autoClose: 4_000 });
    },
    onError: (error) => {
      setAsking(false);
      if (error instanceof ApiError && error.code === 'policy.changed') {
        return void queries.invalidateQueries({ queryKey: policiesQuery.queryKey });
      }
      const errors = fieldErrors(error);
      form.setErrors(errors);
      if (Object.keys(errors).length === 0) {
        notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
      }
    },
  });
  const ask = form.onSubmit((values) => {
    if (values.purposes.some(({ required }) => required)) setAsking(true);
    else form.setFieldError('purposes', t('policy.purposeNeeded'));
  });
  const discard = () => {
    form.setInitialValues(valuesOf(current));
    form.setValues(valuesOf(current));
    form.clearErrors();
    setBasedOn(current.version);
  };

  return (
    <form noValidate onSubmit={ask}>
      {conflict && dirty && (
        <Alert color="amber" variant="light" title={t('policy.conflictTitle', { version: current.version })} mb="lg" role="alert">
          <Text size="sm">{t('policy.conflictHint', { next })}</Text>
          <Row gap="xs" mt="sm">
            <Button size="xs" onClick={() => setBasedOn(current.version)}>
              {t('policy.keepMine')}
            </Button>
            <Button size="xs" variant="default" onClick={discard}>
              {t('policy.takeTheirs')}
            </Button>
          </Row>
        </Alert>
      )}
      <Group title={t('policy.text')} hint={`${t('policy.textHint')} ${t('policy.languageHint')}`}>
        <Tabs defaultValue={i18n.language} keepMounted={false}>
          <Tabs.List>
            {LANGUAGES.map((language) => (
              <Tabs.Tab key={language} value={language}>
                {t(`languages.${language}`)}
                {form.values.texts[language].trim() !== '' && ' •'}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {LANGUAGES.map((language) => (
            <Tabs.Panel key={language} value={language} pt="sm">
              <Textarea
                aria-label={t('policy.textIn', { language: t(`languages.${language}`) })}
                lang={language}
                dir="auto"
                autosize
                minRows={8}
                maxRows={22}
                maxLength={50_000}
                value={form.values.texts[language]}
                error={form.errors[`texts.${language}`] ?? form.errors['texts']}
                onChange={(event) => form.setFieldValue('texts', { ...form.values.texts, [language]: event.currentTarget.value })}
              />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Group>
      <Group title={t('policy.url')} hint={t('policy.urlHint')}>
        <TextInput
          aria-label={t('policy.url')}
          inputMode="url"
          placeholder="https://www.example.com/privacy"
          {...form.getInputProps('url')}
        />
      </Group>
      <Group title={t('policy.purposes')} hint={t('policy.purposesHint')}>
        <PurposeList form={form} />
      </Group>
      {dirty && (
        <SaveBar words={t('policy.changed')}>
          <Button size="xs" variant="default" onClick={discard}>
            {t('policy.discard')}
          </Button>
          <Button size="xs" type="submit" disabled={conflict}>
            {t('policy.publish', { version: next })}
          </Button>
        </SaveBar>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('policy.publishTitle', { version: next })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <List size="sm" spacing="xs">
          <List.Item>{t('policy.consequence', { version: policy.currentVersion })}</List.Item>
          <List.Item>{t('policy.noUndo')}</List.Item>
        </List>
        <Row justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            {t('common.cancel')}
          </Button>
          <Button data-autofocus loading={publish.isPending} onClick={() => publish.mutate(form.getValues())}>
            {t('policy.publish', { version: next })}
          </Button>
        </Row>
      </Modal>
    </form>
  );
}
