import { Button, Checkbox } from '@mantine/core';
import type { ConversationView, MemberVerdict } from '@sotto/protocol';
import { useTranslation } from 'react-i18next';
import classes from './conversation-list.module.css';
import type { Selection } from './use-selection';

/** What can be done with the rows that are chosen. */
export function BulkBar({
  rows,
  selection,
  onVerdict,
}: {
  rows: readonly ConversationView[];
  selection: Selection;
  onVerdict: (verdict: MemberVerdict) => void;
}) {
  const { t } = useTranslation();
  const count = rows.filter(({ id }) => selection.ids.has(id)).length;
  const every = count > 0 && count === rows.length;
  return (
    <div className={classes.bulk}>
      <Checkbox
        size="xs"
        checked={every}
        indeterminate={count > 0 && !every}
        aria-label={t(every ? 'screening.selectNone' : 'screening.selectAll')}
        onChange={() => (every ? selection.clear() : selection.all(rows.map(({ id }) => id)))}
      />
      <span className={classes.chosen} role="status">
        {count > 0 ? t('screening.selected', { count }) : t('screening.selectAll')}
      </span>
      {count > 0 && (
        <>
          <Button size="compact-sm" variant="default" aria-keyshortcuts="h" onClick={() => onVerdict('ham')}>
            {t('screening.notSpam')}
          </Button>
          <Button size="compact-sm" variant="default" aria-keyshortcuts="!" onClick={() => onVerdict('spam')}>
            {t('screening.spam')}
          </Button>
        </>
      )}
    </div>
  );
}
