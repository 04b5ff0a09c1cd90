import type { Thread as ThreadEvents } from '@sotto/client';
import type { ConversationView } from '@sotto/protocol';
import { useMay } from '../session/session';
import { useLayout } from '../shell/layout';
import { Thread } from './thread';
import type { Judge } from './verdict-buttons';
import { needsLook, useExplanation } from './why';
import { WhyBanner } from './why-banner';

interface Props {
  conversation: ConversationView;
  thread: ThreadEvents;
  loadingEarlier: boolean;
  onVerdict: Judge | undefined;
}

/** The messages; where somebody has to look at them, with what the filter says above and in them. */
export function Judged({ conversation, thread, loadingEarlier, onVerdict }: Props) {
  const narrow = useLayout() === 'narrow';
  const mayTeach = useMay('screening.teach');
  const looked = mayTeach && needsLook(conversation);
  const why = useExplanation(conversation, looked);
  return (
    <>
      {looked && (
        // In quarantine there is room for the buttons in the head, except on a phone.
        <WhyBanner conversation={conversation} why={why} onVerdict={narrow || conversation.status !== 'spam' ? onVerdict : undefined} />
      )}
      <Thread
        conversation={conversation}
        thread={thread}
        loadingEarlier={loadingEarlier}
        reasons={looked ? why.data?.reasons : undefined}
      />
    </>
  );
}
