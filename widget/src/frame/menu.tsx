import { useState } from 'preact/hooks';
import type { Chat } from './chat';
import { dateOf, isLanguage, language, OWN_NAMES, say } from './language';
import { wordsFor } from './words';

export function Menu({ chat }: { chat: Chat }) {
  const [asked, ask] = useState(false);
  const { receipt } = chat.remembered?.session ?? {};
  return (
    <div class="screen">
      <h2 tabIndex={-1}>{say('menu')}</h2>
      <label class="row">
        {say('language')}
        <select value={language()} onChange={({ currentTarget: { value } }) => isLanguage(value) && void chat.choose(value)}>
          {chat.config.languages.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {OWN_NAMES[tag]}
            </option>
          ))}
        </select>
      </label>
      <section class="card" aria-labelledby="your-data">
        <h3 id="your-data">{say('yourData')}</h3>
        {receipt && <p>{say('consentGiven', { date: dateOf(receipt.at), version: receipt.policyVersion })}</p>}
        {receipt && <p>{say(chat.device.lasting ? 'deviceKeeps' : 'deviceForgets')}</p>}
        <p>
          <button class="link" onClick={() => chat.go('policy')}>
            {say('readPolicy')}
          </button>
        </p>
        {receipt && !asked && (
          <button class="quiet danger" onClick={() => ask(true)}>
            {say('withdraw')}
          </button>
        )}
        {asked && (
          <div role="group" aria-labelledby="question">
            <p id="question">
              <strong>{say('withdrawQuestion')}</strong>
            </p>
            <p>{say('withdrawMeans')}</p>
            <p class="error" role="alert">
              {chat.error ? wordsFor(chat.error) : ''}
            </p>
            <button class="primary danger" disabled={chat.busy} onClick={() => void chat.withdraw()}>
              {say('withdraw')}
            </button>
            <button class="quiet" ref={(button) => button?.focus()} onClick={() => ask(false)}>
              {say('keep')}
            </button>
          </div>
        )}
      </section>
    </div>
  );
}
