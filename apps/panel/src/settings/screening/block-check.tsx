import { Button, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { useStepUp } from '../../session/step-up';
import { lineCheck } from '../../words/checks';
import { failureText, fieldErrors } from '../../words/failure';
import classes from './screening.module.css';

/** The list cannot be read; whether something is on it can be asked. */
export function BlockCheck() {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [value, setValue] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const check = useMutation({
    mutationFn: () => confirmed(() => api.checkBlock(value.trim())),
    onError: (error) => setWrong(fieldErrors(error)['value'] ?? failureText(t, error)),
  });
  const submit = () => {
    const problem = lineCheck(t, 254)(value);
    setWrong(problem);
    if (!problem) check.mutate();
  };
  return (
    <form
      noValidate
      className={classes.check}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        label={t('filter.blocks.check')}
        description={t('filter.blocks.checkHint')}
        autoComplete="off"
        spellCheck={false}
        value={value}
        error={wrong}
        onChange={(event) => {
          setValue(event.currentTarget.value);
          setWrong(null);
          check.reset();
        }}
      />
      <Button type="submit" variant="default" loading={check.isPending}>
        {t('filter.blocks.checkButton')}
      </Button>
      <Text size="sm" role="status" className={classes.checked}>
        {check.data && (check.data.block ? t('filter.blocks.checkYes', { reason: check.data.block.reason }) : t('filter.blocks.checkNo'))}
      </Text>
    </form>
  );
}
