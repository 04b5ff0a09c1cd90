import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from './chat';
import { say } from './language';
import { wordsFor } from './words';

/** Longest website the server takes. */
const WEBSITE = 300;
/** So ask 1Password, LastPass, Bitwarden and Dashlane to be told which fields are not theirs. */
const NOT_FOR_PASSWORD_MANAGERS = { 'data-1p-ignore': '', 'data-lpignore': 'true', 'data-bwignore': '', 'data-form-type': 'other' };

/** Asked before anything is stored. Every box starts unticked, and saying no is as easy as saying yes. */
export function Consent({ chat }: { chat: Chat }) {
  const { config, form, asking } = chat;
  const { policy, texts } = config;
  const [hinted, hint] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const trap = useRef<HTMLInputElement>(null);
  const optional = policy.purposes.filter(({ required }) => !required);

  const submit = (event: Event) => {
    event.preventDefault();
    if (form.agreed) return void chat.agree(trap.current?.value.slice(0, WEBSITE) ?? '');
    hint(true);
    box.current?.focus();
  };
  const decline = () => {
    if (chat.waiting) chat.cancel();
    else if (!chat.busy) chat.go('declined');
  };
  const toggle = (id: string, on: boolean) =>
    chat.edit({ optional: on ? [...form.optional, id] : form.optional.filter((other) => other !== id) });

  return (
    <form class="screen" onSubmit={submit} noValidate>
      <h2 tabIndex={-1}>{say('consentTitle')}</h2>
      {asking !== 'first' && <p class="notice">{say(asking)}</p>}
      {asking === 'first' && texts.greeting && <p dir="auto">{texts.greeting}</p>}
      <p dir="auto">{texts.consent ?? say('consentWords', { name: config.accountName })}</p>

      <div class="card">
        <label class="tick">
          <input
            ref={box}
            type="checkbox"
            checked={form.agreed}
            aria-describedby={hinted && !form.agreed ? 'purposes hint' : 'purposes'}
            aria-invalid={hinted && !form.agreed}
            onChange={(event) => chat.edit({ agreed: event.currentTarget.checked })}
          />
          <span>{say('agree')}</span>
        </label>
        <div id="purposes" class="small">
          {say('purposes')}
          <ul>
            {policy.purposes
              .filter(({ required }) => required)
              .map(({ id, label }) => (
                <li key={id}>
                  <bdi>{label}</bdi>
                </li>
              ))}
          </ul>
        </div>
        {optional.map(({ id, label }) => (
          <label class="tick" key={id}>
            <input type="checkbox" checked={form.optional.includes(id)} onChange={(event) => toggle(id, event.currentTarget.checked)} />
            <span>
              <bdi>{label}</bdi> <span class="small">({say('optional')})</span>
            </span>
          </label>
        ))}
        <p class="small links">
          <button type="button" class="link" onClick={() => chat.go('policy')}>
            {say('readPolicy')}
          </button>
          <span>{say('policyVersion', { version: policy.version })}</span>
        </p>
      </div>

      {!chat.remembered && (
        <fieldset>
          <legend>
            {say('aboutYou')} <span class="small">({say('optional')})</span>
          </legend>
          <label>
            {say('name')}
            <input
              type="text"
              dir="auto"
              autocomplete="name"
              maxLength={120}
              value={form.name}
              onInput={(event) => chat.edit({ name: event.currentTarget.value })}
            />
          </label>
          <label>
            {say('email')}
            <input
              type="email"
              dir="ltr"
              autocomplete="email"
              maxLength={254}
              value={form.email}
              aria-describedby="email-hint"
              onInput={(event) => chat.edit({ email: event.currentTarget.value })}
            />
          </label>
          <p id="email-hint" class="small">
            {say('emailHint')}
          </p>
        </fieldset>
      )}

      <div class="hidden" aria-hidden="true">
        <label>
          Website
          <input ref={trap} type="text" name="website" tabIndex={-1} autocomplete="off" {...NOT_FOR_PASSWORD_MANAGERS} />
        </label>
      </div>

      <div class="actions">
        <p class="small" role="status">
          {chat.waiting ? say('moment') : ''}
        </p>
        <p id="hint" class="error" role="alert">
          {chat.error ? wordsFor(chat.error) : hinted && !form.agreed ? say('tickFirst') : ''}
        </p>
        <button class="primary" type="submit" aria-disabled={chat.busy}>
          {say('start')}
        </button>
        <button class="quiet" type="button" onClick={decline}>
          {say(chat.waiting ? 'cancel' : 'decline')}
        </button>
      </div>
    </form>
  );
}

export function Policy({ chat }: { chat: Chat }) {
  const { policy } = chat.config;
  return (
    <div class="screen">
      <h2 tabIndex={-1}>{say('policy')}</h2>
      <p class="small links">
        <span>{say('policyVersion', { version: policy.version })}</span>
        {policy.url && (
          <a href={policy.url} target="_blank" rel="noopener noreferrer">
            {say('policyLink')}
          </a>
        )}
      </p>
      <div class="text" lang={policy.language} dir="auto">
        {policy.text}
      </div>
    </div>
  );
}

const Mail = ({ to }: { to: string }) => (
  <a class="mail" href={`mailto:${to}`} dir="ltr">
    {to}
  </a>
);

export function Declined({ chat }: { chat: Chat }) {
  const { fallbackEmail } = chat.config;
  return (
    <div class="screen middle">
      <h2 tabIndex={-1}>{say('declinedTitle')}</h2>
      <p>{say('declinedWords')}</p>
      {fallbackEmail && (
        <p>
          {say('writeInstead')}
          <Mail to={fallbackEmail} />
        </p>
      )}
      <button class="primary" onClick={() => chat.go('consent')}>
        {say('reconsider')}
      </button>
    </div>
  );
}

export function Withdrawn({ chat }: { chat: Chat }) {
  const { fallbackEmail, accountName } = chat.config;
  return (
    <div class="screen middle">
      <h2 tabIndex={-1}>{say('withdrawnTitle')}</h2>
      <p>{say('withdrawnWords')}</p>
      {fallbackEmail ? (
        <p>
          {say('withdrawnKept')}
          <Mail to={fallbackEmail} />
        </p>
      ) : (
        <p>{say('withdrawnAsk', { name: accountName })}</p>
      )}
      <button class="primary" onClick={() => chat.go('consent')}>
        {say('again')}
      </button>
    </div>
  );
}

/**
 * Brings keyboard and screen reader to the beginning of a screen that has just come up: when the visitor opened the
 * chat or is in it, never while they write in the page around it.
 */
export function useFocusOn(chat: Chat, selector: string, when: unknown): void {
  useEffect(() => {
    const target = document.querySelector<HTMLElement>(selector);
    if (!target || (!chat.opening && !document.hasFocus())) return;
    chat.opening = false;
    target.focus();
  }, [chat, selector, when]);
}
