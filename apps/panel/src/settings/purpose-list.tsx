import { ActionIcon, Button, Checkbox, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PolicyValues } from './policy-values';
import classes from './settings.module.css';

const MOST = 20;

export function PurposeList({ form }: { form: UseFormReturnType<PolicyValues> }) {
  const { t } = useTranslation();
  const { purposes } = form.values;
  return (
    <>
      {purposes.map((purpose, at) => (
        <div key={at} className={classes.purpose} role="group" aria-label={purpose.label || t('policy.purposeLabel')}>
          <TextInput
            aria-label={t('policy.purposeId')}
            placeholder="support"
            spellCheck={false}
            {...form.getInputProps(`purposes.${at}.id`)}
          />
          <TextInput
            className={classes.purposeLabel}
            aria-label={t('policy.purposeLabel')}
            placeholder={t('policy.purposeLabel')}
            {...form.getInputProps(`purposes.${at}.label`)}
          />
          <div className={classes.required}>
            <Checkbox label={t('policy.purposeRequired')} {...form.getInputProps(`purposes.${at}.required`, { type: 'checkbox' })} />
          </div>
          <ActionIcon
            size={36}
            aria-label={t('policy.removePurpose', { name: purpose.label || purpose.id })}
            disabled={purposes.length === 1}
            onClick={() => form.removeListItem('purposes', at)}
          >
            <IconTrash size={16} stroke={1.7} />
          </ActionIcon>
        </div>
      ))}
      {form.errors['purposes'] && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
          {form.errors['purposes']}
        </Text>
      )}
      {purposes.length < MOST && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => form.insertListItem('purposes', { id: '', label: '', required: false })}
        >
          {t('policy.addPurpose')}
        </Button>
      )}
    </>
  );
}
