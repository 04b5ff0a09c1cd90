import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import classes from './toast.module.css';

interface UndoToast {
  id: string;
  words: string;
  /** What else is to be said, on a line of its own. */
  more?: string | undefined;
  onUndo?: (() => void) | undefined;
}

function toast(t: TFunction, { id, words, more, onUndo }: UndoToast) {
  return {
    id,
    withBorder: true,
    closeButtonProps: { 'aria-label': t('common.close') },
    message: (
      <div className={classes.toast}>
        <span>
          {words}
          {more && <span className={classes.more}>{more}</span>}
        </span>
        {onUndo && (
          <Button
            size="compact-sm"
            variant="light"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              onUndo();
            }}
          >
            {t('common.undo')}
          </Button>
        )}
      </div>
    ),
  };
}

/** Says what was done, with a way back instead of a question before. Replaces an earlier one of the same id. */
export function showUndo(t: TFunction, content: UndoToast): void {
  notifications.hide(content.id);
  notifications.show(toast(t, content));
}

/** Says more in a toast that is still there. */
export const updateUndo = (t: TFunction, content: UndoToast): void => void notifications.update(toast(t, content));
