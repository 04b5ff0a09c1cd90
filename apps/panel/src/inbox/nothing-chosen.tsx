import { EmptyState } from '@mantine/core';
import { IconMessage } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../session/session';
import { FirstSteps } from './first-steps';
import classes from './nothing-chosen.module.css';

const KEY = 'sotto.panel.first-steps-hidden';

export function NothingChosen() {
  const { t } = useTranslation();
  const manages = useMay('inbox.manage');
  const [hidden, setHidden] = useState(() => remembered());
  return (
    <div className={classes.pane}>
      {manages && !hidden ? (
        <FirstSteps
          onHide={() => {
            setHidden(true);
            remember();
          }}
        />
      ) : (
        <EmptyState icon={<IconMessage stroke={1.4} />} title={t('first.pick')} description={t('first.pickHint')} />
      )}
    </div>
  );
}

function remembered(): boolean {
  try {
    return window.localStorage.getItem(KEY) === '1';
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    window.localStorage.setItem(KEY, '1');
  } catch {
    return;
  }
}
