import { useEffect } from 'preact/hooks';
import type { Chat, Screen } from './chat';
import { Consent, Declined, Policy, useFocusOn, Withdrawn } from './consent';
import { Icon } from './icons';
import { say } from './language';
import { Menu } from './menu';
import { Talk } from './talk';

const SCREENS = { consent: Consent, policy: Policy, declined: Declined, talk: Talk, menu: Menu, withdrawn: Withdrawn };

/** Where the arrow leads, and Escape before it closes the chat. */
function wayBack({ screen, cameFrom, remembered, asking }: Chat): Screen | undefined {
  if (screen === 'policy') return cameFrom;
  if (screen === 'menu') return remembered && asking === 'first' ? 'talk' : cameFrom === 'policy' ? 'consent' : cameFrom;
  if (screen === 'declined') return 'consent';
  return undefined;
}

export function App({ chat }: { chat: Chat }) {
  const { screen, shown } = chat;
  const { online } = chat.conversation;
  const back = wayBack(chat);
  useFocusOn(chat, screen === 'talk' ? 'textarea' : 'h2', `${screen}${shown}`);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'Escape') chat.close();
      if (event.key === 'Tab') keepInside(event);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [chat]);
  if (screen === 'loading') return null;
  const Content = SCREENS[screen];
  return (
    <div class="chat" role="dialog" aria-label={chat.title}>
      <header>
        {back && (
          <button class="round" aria-label={say('back')} onClick={() => chat.go(back)}>
            <Icon of="back" />
          </button>
        )}
        <div class="title">
          <h1>
            <bdi>{chat.title}</bdi>
          </h1>
          <p>
            {screen === 'talk' && online && <i class="dot" />}
            {say(online ? 'online' : 'away')}
          </p>
        </div>
        {screen !== 'menu' && screen !== 'policy' && (
          <button class="round" aria-label={say('menu')} onClick={() => chat.go('menu')}>
            <Icon of="menu" />
          </button>
        )}
        <button class="round" aria-label={say('close')} onClick={() => chat.close()}>
          <Icon of="close" />
        </button>
      </header>
      <div class="body">
        <Content key={screen} chat={chat} />
      </div>
    </div>
  );
}

/** The open chat keeps the keyboard; Escape and the cross give it back to the page. */
function keepInside(event: KeyboardEvent): void {
  const stops = [
    ...document.querySelectorAll<HTMLElement>('button:not([disabled]), a[href], input, select, textarea, [tabindex="0"]'),
  ].filter((each) => each.checkVisibility());
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== edge && document.activeElement !== document.body) return;
  event.preventDefault();
  other?.focus();
}
