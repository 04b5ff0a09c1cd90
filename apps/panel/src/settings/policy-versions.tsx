import { Anchor, Badge, SegmentedControl, Text, Title, VisuallyHidden } from '@mantine/core';
import { LANGUAGES, type Language, type PolicyVersionView, type PolicyView } from '@sotto/protocol';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moment } from '../words/time';
import { lineDiff } from './line-diff';
import classes from './settings.module.css';

/** Every version that was ever published, with what changed. */
export function PolicyVersions({ policy }: { policy: PolicyView }) {
  const { t } = useTranslation();
  return (
    <section className={classes.group}>
      <Title order={2} fz="md">
        {t('policy.versions')}
      </Title>
      <div>
        {policy.versions.map((version, at) => (
          <Version
            key={version.version}
            version={version}
            before={policy.versions[at + 1]}
            current={version.version === policy.currentVersion}
          />
        ))}
      </div>
    </section>
  );
}

function Version({ version, before, current }: { version: PolicyVersionView; before: PolicyVersionView | undefined; current: boolean }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <div className={classes.version}>
      <button type="button" className={classes.versionHead} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Text component="span" fw={550}>
          {t('policy.version', { version: version.version })}
        </Text>
        {current && <Badge variant="light">{t('policy.currentBadge')}</Badge>}
        <Text component="span" size="sm" c="dimmed">
          {moment(version.publishedAt, i18n.language)}
        </Text>
      </button>
      <div id={id} className={classes.versionBody} hidden={!open}>
        {open && <VersionBody version={version} before={before} />}
      </div>
    </div>
  );
}

function VersionBody({ version, before }: { version: PolicyVersionView; before: PolicyVersionView | undefined }) {
  const { t, i18n } = useTranslation();
  const languages = LANGUAGES.filter((language) => version.texts[language] !== undefined || before?.texts[language] !== undefined);
  const own = languages.find((language) => language === i18n.language);
  const [language, setLanguage] = useState<Language>(own ?? languages[0] ?? 'en');
  const [mode, setMode] = useState<'changes' | 'whole'>(before ? 'changes' : 'whole');
  return (
    <>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
        {languages.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('nav.language')}
            value={language}
            onChange={(value) => setLanguage(value as Language)}
            data={languages.map((value) => ({ value, label: t(`languages.${value}`) }))}
          />
        )}
        {before && (
          <SegmentedControl
            size="xs"
            aria-label={t('policy.differences', { version: before.version })}
            value={mode}
            onChange={(value) => setMode(value as typeof mode)}
            data={[
              { value: 'changes', label: t('policy.changes') },
              { value: 'whole', label: t('policy.whole') },
            ]}
          />
        )}
      </div>
      {mode === 'changes' && before ? (
        <Changes before={before.texts[language] ?? ''} after={version.texts[language] ?? ''} />
      ) : (
        <div className={classes.text} lang={language} dir="auto">
          {version.texts[language] ?? t('policy.notInLanguage')}
        </div>
      )}
      {version.url && (
        <Text size="sm" mt="sm">
          {/^https?:\/\//i.test(version.url) ? (
            <Anchor href={version.url} target="_blank" rel="noopener noreferrer">
              {version.url}
            </Anchor>
          ) : (
            version.url
          )}
        </Text>
      )}
      <Text component="ul" size="sm" mt="sm" mb={0} pl="md">
        {version.purposes.map((purpose) => (
          <li key={purpose.id}>
            {purpose.label} ({t(purpose.required ? 'policy.required' : 'policy.optional')})
          </li>
        ))}
      </Text>
      <Text size="xs" c="dimmed" mt="sm">
        {t('policy.hash')}
      </Text>
      <div className={classes.hash}>{version.noticeHash}</div>
    </>
  );
}

function Changes({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation();
  if (before === after) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        {t('policy.noTextChange')}
      </Text>
    );
  }
  return (
    <div className={classes.text} dir="auto">
      {lineDiff(before, after).map(({ change, text }, at) => {
        if (change === 'same') {
          return (
            <span key={at} className={classes.line}>
              {text}
            </span>
          );
        }
        const Change = change === 'added' ? 'ins' : 'del';
        return (
          <Change key={at} className={classes.line}>
            <VisuallyHidden>{t(change === 'added' ? 'policy.added' : 'policy.removed')}: </VisuallyHidden>
            {text}
          </Change>
        );
      })}
    </div>
  );
}
