import { Button, Textarea } from '@mantine/core';
import { TypingSender } from '@sotto/client';
import { MAX_BODY, MessageBody, type ConversationView, type MessageKind } from '@sotto/protocol';
import { IconLock, IconMessageReply } from '@tabler/icons-react';
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { useDesk } from '../live/desk-context';
import { useMay } from '../session/session';
import { contactName } from '../words/names';
import classes from './composer.module.css';

export interface ComposerHandle {
  write: (kind: MessageKind) => void;
}

const KINDS = [
  { kind: 'message', words: 'composer.reply', icon: IconMessageReply },
  { kind: 'note', words: 'composer.note', icon: IconLock },
] as const;
const SOON_FULL = 500;

export function Composer({ conversation, handle }: { conversation: ConversationView; handle: Ref<ComposerHandle> }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const mayReply = useMay('conversation.reply');
  const { id } = conversation;
  const [kind, setKind] = useState<MessageKind>('message');
  const [text, setText] = useState(() => desk.drafts.get(`${id} message`) ?? '');
  const input = useRef<HTMLTextAreaElement>(null);
  const tabs = useRef<HTMLDivElement>(null);
  const typing = useMemo(() => new TypingSender((writes) => desk.tellTyping(id, writes)), [desk, id]);
  useEffect(() => () => typing.stop(), [typing]);

  const choose = (next: MessageKind) => {
    setKind(next);
    setText(desk.drafts.get(`${id} ${next}`) ?? '');
    typing.stop();
  };
  const write = (next: MessageKind) => {
    choose(next);
    // At once: whoever types on right after the key must not reach the page's own keys.
    input.current?.focus();
  };
  useImperativeHandle(handle, () => ({ write }));

  const change = (value: string) => {
    setText(value);
    desk.drafts.set(`${id} ${kind}`, value);
    // Only an answer is announced: that somebody writes a note is nobody's business.
    if (kind === 'message' && value.trim() !== '') typing.stroke();
    else typing.stop();
  };
  const left = MAX_BODY - text.length;
  const ready = MessageBody.safeParse(text).success;
  const send = () => {
    if (!ready) return;
    desk.send(id, kind, text.trim());
    change('');
    desk.drafts.delete(`${id} ${kind}`);
    typing.stop();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') return input.current?.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onTabKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    choose(kind === 'message' ? 'note' : 'message');
    requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };

  return (
    <div className={classes.composer}>
      <div className={classes.box} data-kind={kind}>
        <div ref={tabs} className={classes.tabs} role="tablist" aria-label={t('composer.kind')}>
          {KINDS.map(({ kind: one, words, icon: KindIcon }) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`composer-${one}`}
              aria-selected={kind === one}
              aria-controls="composer-panel"
              tabIndex={kind === one ? 0 : -1}
              className={classes.tab}
              disabled={one === 'message' && !mayReply}
              onKeyDown={onTabKey}
              onClick={() => write(one)}
            >
              <KindIcon size={14} stroke={1.8} aria-hidden />
              {t(words)}
            </button>
          ))}
        </div>
        <div role="tabpanel" id="composer-panel" aria-labelledby={`composer-${kind}`}>
          <Textarea
            ref={input}
            classNames={{ input: classes.input }}
            variant="unstyled"
            autosize
            minRows={2}
            maxRows={10}
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onBlur={() => typing.stop()}
            placeholder={
              kind === 'note' ? t('composer.notePlaceholder') : t('composer.replyPlaceholder', { name: contactName(t, conversation) })
            }
            aria-label={t(kind === 'note' ? 'composer.note' : 'composer.reply')}
          />
          <div className={classes.foot}>
            <span className={classes.hint} data-wrong={left < 0 || undefined}>
              {left < 0
                ? t('composer.tooLong', { count: -left })
                : left < SOON_FULL
                  ? t('composer.left', { count: left })
                  : t('composer.hint')}
            </span>
            <Button size="xs" disabled={!ready} onClick={send} color={kind === 'note' ? 'amber.6' : undefined}>
              {t(kind === 'note' ? 'composer.addNote' : 'composer.send')}
            </Button>
          </div>
        </div>
      </div>
    </div>
  );
}
