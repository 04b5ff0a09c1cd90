import { isLightColor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './settings.module.css';

/** How the colour looks on a visitor's own message. */
export function WidgetPreview({ colour }: { colour: string }) {
  const { t } = useTranslation();
  const valid = /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#746f68';
  return (
    <div className={classes.preview} aria-hidden="true">
      <span
        className={classes.bubble}
        style={{ alignSelf: 'flex-end', background: valid, color: isLightColor(valid, 0.3) ? '#1f1d1b' : '#ffffff' }}
      >
        {t('inboxes.previewVisitor')}
      </span>
      <span className={classes.bubble} style={{ alignSelf: 'flex-start', background: 'var(--sotto-hover)' }}>
        {t('inboxes.previewAgent')}
      </span>
    </div>
  );
}
