import { PasswordInput, Text, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './front-page.module.css';
import { usePasswordLevel, type Level } from './password-strength';

const WORDS = ['password.level0', 'password.level1', 'password.level2', 'password.level3', 'password.level4'] as const;
const tone = (level: Level) => (level < 2 ? 'weak' : level < 3 ? 'fair' : 'strong');

/** A field for a new password that says in words how strong it is. */
export function NewPasswordInput({
  value,
  about,
  ...rest
}: Omit<PasswordInputProps, 'about'> & { value: string; about: readonly string[] }) {
  const { t } = useTranslation();
  const level = usePasswordLevel(value, about);
  const missing = 12 - value.length;
  return (
    <div>
      <PasswordInput
        {...rest}
        value={value}
        label={rest.label ?? t('password.label')}
        description={t('password.hint')}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
      />
      {value !== '' && (
        <>
          <div className={classes.strength} aria-hidden="true">
            {[1, 2, 3, 4].map((step) => (
              <div key={step} className={classes.step} data-on={level !== null && Math.max(1, level) >= step ? tone(level) : undefined} />
            ))}
          </div>
          <Text size="xs" c="dimmed" aria-live="polite">
            {missing > 0 ? t('password.short', { count: missing }) : level !== null && `${t('password.strength')}: ${t(WORDS[level])}`}
          </Text>
        </>
      )}
    </div>
  );
}
