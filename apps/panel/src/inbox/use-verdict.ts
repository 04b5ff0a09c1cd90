import { notifications } from '@mantine/notifications';
import type { BulkAnswer, ConversationView, MemberVerdict, TeachAnswer } from '@sotto/protocol';
import { useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useDesk } from '../live/desk-context';
import type { Desk } from '../live/desk';
import { judged } from '../live/verdicts';
import { belongs, listed, type ViewName } from '../live/views';
import { failureText } from '../words/failure';
import { showUndo, updateUndo } from './undo-toast';

/** What became of a lesson, where it is not simply learned. */
function lessonWords(t: TFunction, { lesson }: TeachAnswer): string | undefined {
  if (!lesson) return t('screening.noText');
  if (lesson.state === 'held') return t('screening.lessonHeld');
  if (lesson.state === 'refused') return t('screening.lessonRefused');
  return lesson.state === 'overruled' ? t('screening.lessonOverruled') : undefined;
}

/** The conversation that takes the place of one that leaves the list. */
function nextAfter(desk: Desk, view: ViewName, id: string): string | undefined {
  const { conversations, me } = desk;
  const items = listed(conversations.known.value, view, conversations.listOf(view), me.member.id);
  const place = items.findIndex((item) => item.id === id);
  return place < 0 ? id : (items[place + 1] ?? items[place - 1])?.id;
}

/** Spam or not spam, at once and with a way back; whoever works through a list goes on to the next. */
export function useVerdict(view: ViewName): (conversation: ConversationView, verdict: MemberVerdict) => void {
  const { t } = useTranslation();
  const desk = useDesk();
  const navigate = useNavigate();
  return useCallback(
    (conversation: ConversationView, verdict: MemberVerdict) => {
      const { id, number } = conversation;
      const leaves = !belongs(view, { ...conversation, ...judged(conversation, verdict) }, desk.me.member.id);
      const next = leaves ? nextAfter(desk, view, id) : id;
      const toast = `verdict-${id}`;
      const failed = (error: unknown) => {
        notifications.hide(toast);
        notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
      };
      const given = desk.verdicts.give(conversation, verdict);
      const undo = () =>
        void given
          .then(() => desk.verdicts.takeBack(conversation))
          .then(() => notifications.show({ id: toast, message: t('screening.toastTaken', { number }) }))
          .catch(failed);
      const said = { id: toast, words: t(verdict === 'spam' ? 'screening.toastSpam' : 'screening.toastHam', { number }), onUndo: undo };
      showUndo(t, said);
      given.then((answer) => {
        const more = lessonWords(t, answer);
        if (more) updateUndo(t, { ...said, more });
      }, failed);
      if (next === id) return;
      if (next) void navigate({ to: '/inbox/$view/$id', params: { view, id: next } });
      else void navigate({ to: '/inbox/$view', params: { view } });
    },
    [desk, navigate, t, view],
  );
}

const REASONS: Readonly<Record<string, 'gone' | 'own' | 'busy'>> = {
  'not-found': 'gone',
  'screening.nothing-to-undo': 'own',
  'rate.limited': 'busy',
  overloaded: 'busy',
  'not-ready': 'busy',
};

function failedWords(t: TFunction, { failed }: BulkAnswer): string | undefined {
  if (failed.length === 0) return undefined;
  const reasons = new Set(failed.map(({ code }) => t(`screening.failed.${REASONS[code] ?? 'other'}`)));
  return t('screening.manyFailed', { count: failed.length, reasons: [...reasons].join(', ') });
}

/** The same verdict on many, with one way back for all of them. */
export function useVerdicts(): (conversations: readonly ConversationView[], verdict: MemberVerdict) => void {
  const { t } = useTranslation();
  const desk = useDesk();
  return useCallback(
    (conversations: readonly ConversationView[], verdict: MemberVerdict) => {
      const toast = `verdicts-${conversations[0]?.id}`;
      const failed = (error: unknown) =>
        void notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' });
      const undo = (done: ReadonlySet<string>) =>
        void desk.verdicts
          .takeBackMany(conversations.filter(({ id }) => done.has(id)))
          .then((answer) => {
            const words = t('screening.manyTaken', { count: answer.done.length });
            showUndo(t, { id: toast, words, more: failedWords(t, answer) });
          })
          .catch(failed);
      desk.verdicts
        .giveMany(conversations, verdict)
        .then((answer) => {
          const words = t(verdict === 'spam' ? 'screening.manySpam' : 'screening.manyHam', { count: answer.done.length });
          const done = new Set(answer.done);
          showUndo(t, { id: toast, words, more: failedWords(t, answer), onUndo: done.size > 0 ? () => undo(done) : undefined });
        })
        .catch(failed);
    },
    [desk, t],
  );
}
