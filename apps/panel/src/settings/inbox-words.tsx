import { Stack, Tabs, TextInput, Textarea } from '@mantine/core';
import { LANGUAGES, type InboxTexts, type Language } from '@sotto/protocol';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Words = Record<Language, Required<InboxTexts>>;

interface Props {
  words: Words;
  readOnly: boolean;
  errors: Record<string, ReactNode>;
  onChange: (words: Words) => void;
}

/** The owner's own words, a tab per language. */
export function InboxWords({ words, readOnly, errors, onChange }: Props) {
  const { t, i18n } = useTranslation();
  return (
    <Tabs defaultValue={i18n.language} keepMounted={false}>
      <Tabs.List>
        {LANGUAGES.map((language) => {
          const written = Object.values(words[language]).some((text) => text.trim() !== '');
          return (
            <Tabs.Tab
              key={language}
              value={language}
              aria-label={written ? `${t(`languages.${language}`)}, ${t('inboxes.written')}` : undefined}
            >
              {t(`languages.${language}`)}
              {written && ' •'}
            </Tabs.Tab>
          );
        })}
      </Tabs.List>
      {LANGUAGES.map((language) => {
        const field = (name: keyof Words[typeof language], max: number) => ({
          lang: language,
          dir: 'auto' as const,
          maxLength: max,
          readOnly,
          value: words[language][name],
          error: errors[`texts.${language}.${name}`],
          onChange: (event: { currentTarget: { value: string } }) =>
            onChange({ ...words, [language]: { ...words[language], [name]: event.currentTarget.value } }),
        });
        return (
          <Tabs.Panel key={language} value={language} pt="md">
            <Stack gap="md">
              <TextInput label={t('inboxes.textTitle')} {...field('title', 60)} />
              <Textarea label={t('inboxes.textGreeting')} autosize minRows={2} {...field('greeting', 300)} />
              <Textarea label={t('inboxes.textConsent')} autosize minRows={2} {...field('consent', 500)} />
            </Stack>
          </Tabs.Panel>
        );
      })}
    </Tabs>
  );
}
