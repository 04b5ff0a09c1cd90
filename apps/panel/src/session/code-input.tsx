import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './code-input.module.css';

type Props = Omit<TextInputProps, 'onChange' | 'value'> & { value: string; onChange: (code: string) => void };

const DIGITS = 6;
const RECOVERY = 16;

/** One field for six digits: typed, pasted with or without spaces, or filled in by the browser. */
export function CodeInput({ value, onChange, onComplete, ...rest }: Props & { onComplete?: (code: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('proof.code')}
      description={t('proof.codeHint')}
      name="code"
      autoComplete="one-time-code"
      inputMode="numeric"
      spellCheck={false}
      required
      withAsterisk={false}
      size="md"
      {...rest}
      className={classes.code}
      value={value}
      onChange={(event) => {
        const code = event.currentTarget.value.replace(/\D/g, '').slice(0, DIGITS);
        onChange(code);
        if (code.length === DIGITS && code !== value) onComplete?.(code);
      }}
    />
  );
}

export function RecoveryInput({ value, onChange, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('proof.recovery')}
      description={t('proof.recoveryHint')}
      name="recovery"
      placeholder="XXXX-XXXX-XXXX-XXXX"
      autoComplete="off"
      autoCapitalize="characters"
      spellCheck={false}
      required
      withAsterisk={false}
      size="md"
      {...rest}
      className={classes.recovery}
      value={value}
      onChange={(event) => onChange(inGroups(event.currentTarget.value))}
    />
  );
}

export const isCode = (code: string): boolean => code.length === DIGITS;
export const isRecoveryCode = (code: string): boolean => code.replaceAll('-', '').length === RECOVERY;

/** Written as it was shown: four groups of four. */
const inGroups = (typed: string): string =>
  (
    typed
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(0, RECOVERY)
      .match(/.{1,4}/g) ?? []
  ).join('-');
