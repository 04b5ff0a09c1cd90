import { Button, Select, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { chooseLanguage, PANEL_LANGUAGES, type PanelLanguage } from '../i18n';
import { useMe } from '../session/session';
import { Group } from '../settings/parts';
import { lineCheck } from '../words/checks';
import { failureText, fieldErrors } from '../words/failure';
import { Picture } from './picture';
import { refreshMe } from './queries';

const OWN_NAMES = { en: 'English', de: 'Deutsch' } as const;

export function ProfilePage() {
  const { t, i18n } = useTranslation();
  const { member } = useMe();
  const form = useForm({ initialValues: { name: member.name }, validate: { name: lineCheck(t, 120) } });
  const failed = (error: unknown) => {
    form.setErrors(fieldErrors(error));
    notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
  };
  const rename = useMutation({
    mutationFn: (name: string) => api.updateProfile({ name }),
    onSuccess: async () => {
      await refreshMe();
      notifications.show({ message: t('me.saved') });
    },
    onError: failed,
  });
  const speak = useMutation({
    mutationFn: (language: PanelLanguage) => api.updateProfile({ language }),
    // Before the answer: one reads the page in the new language while it is on its way.
    onMutate: chooseLanguage,
    onSuccess: refreshMe,
    onError: failed,
  });
  return (
    <>
      <Group title={t('me.name')} hint={t('setup.nameHint')}>
        <form noValidate onSubmit={form.onSubmit(({ name }) => rename.mutate(name.trim()))}>
          <TextInput
            label={t('setup.yourName')}
            autoComplete="name"
            name="name"
            required
            withAsterisk={false}
            {...form.getInputProps('name')}
          />
          <Button type="submit" size="xs" mt="sm" loading={rename.isPending} disabled={form.values.name.trim() === member.name}>
            {t('common.save')}
          </Button>
        </form>
      </Group>
      <Group title={t('me.picture')} hint={t('me.pictureHint')}>
        <Picture member={member} />
      </Group>
      <Group title={t('me.language')} hint={t('me.languageHint')}>
        <Select
          label={t('nav.language')}
          data={PANEL_LANGUAGES.map((value) => ({ value, label: OWN_NAMES[value] }))}
          value={i18n.language}
          onChange={(value) => value && speak.mutate(value as PanelLanguage)}
          allowDeselect={false}
          maw={240}
        />
      </Group>
      <Group title={t('login.email')} hint={t('me.emailHint')}>
        <Text>{member.email}</Text>
      </Group>
    </>
  );
}
