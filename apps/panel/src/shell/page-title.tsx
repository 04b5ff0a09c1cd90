import { useEffect } from 'react';
import { useCellPart } from '../live/cell';
import { useDesk } from '../live/desk-context';

/** The number of unread messages in the tab's title. */
export function PageTitle() {
  const desk = useDesk();
  const unread = useCellPart(desk.conversations.known, (known) => {
    let sum = 0;
    for (const view of known.values()) if (view.status === 'open') sum += view.unread;
    return sum;
  });
  const name = desk.me.account.name;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : ''}${name} · Sotto`;
  }, [unread, name]);
  return null;
}
