import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell, useCellPart } from '../live/cell';
import { useDesk } from '../live/desk-context';
import classes from './frame.module.css';

/** A blink of the connection is not worth a word. */
const PATIENCE = 1_500;

/** Says in words that the connection is away and what happens to what is written. */
export function ConnectionBar() {
  const { t } = useTranslation();
  const desk = useDesk();
  const state = useCell(desk.connection);
  const waiting = useCellPart(desk.pending, (pending) => pending.filter((message) => message.state === 'sending').length);
  const away = state.name !== 'online';
  const [shown, setShown] = useState(false);
  const [offline, setOffline] = useState(!navigator.onLine);

  useEffect(() => {
    if (!away) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [away]);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  useEffect(() => {
    if (waiting === 0) return;
    // What waits is only in this page, so leaving it is asked about.
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [waiting]);

  const words = () => {
    if (waiting > 0) return t('connection.reconnectingQueued', { count: waiting });
    if (offline) return t('connection.offline');
    return t(state.name === 'connecting' ? 'connection.connecting' : 'connection.reconnecting');
  };
  return (
    <div role="status" aria-live="polite">
      {shown && away && (
        <div className={classes.connection}>
          <span className={classes.dot} aria-hidden="true" />
          {words()}
        </div>
      )}
    </div>
  );
}
