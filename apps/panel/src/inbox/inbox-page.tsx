import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useDesk } from '../live/desk-context';
import { isView } from '../live/views';
import { useLayout } from '../shell/layout';
import { Conversation } from './conversation';
import { ConversationList } from './conversation-list';
import classes from './inbox-page.module.css';
import { NothingChosen } from './nothing-chosen';
import { useSelection } from './use-selection';

/** The list beside the conversation; on a phone one of the two. */
export function InboxPage() {
  const params = useParams({ strict: false });
  const view = params.view && isView(params.view) ? params.view : 'open';
  const { id } = params;
  const desk = useDesk();
  const layout = useLayout();
  const selection = useSelection(view);
  useEffect(() => desk.conversations.show(view), [desk, view]);

  return (
    <div className={classes.page} data-layout={layout}>
      {(layout !== 'narrow' || !id) && <ConversationList key={view} view={view} chosen={id} selection={selection} />}
      {id ? <Conversation key={id} id={id} view={view} many={selection.ids.size > 0} /> : layout !== 'narrow' && <NothingChosen />}
    </div>
  );
}
