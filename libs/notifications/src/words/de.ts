import { inert } from '../letter.js';
import { joinLink, moment, resetLink, type Words } from './words.js';

const ROLES: Readonly<Record<string, string>> = { owner: 'Inhaber', admin: 'Admin', agent: 'Agent' };

const CHANGES = {
  enabled: ['Anmeldung in zwei Schritten ist an', 'Ab jetzt wird bei der Anmeldung nach dem Passwort ein Code verlangt.'],
  disabled: ['Anmeldung in zwei Schritten ist aus', 'Für die Anmeldung genügt das Passwort.'],
  reset: [
    'Anmeldung in zwei Schritten wurde zurückgesetzt',
    'Ein Admin hat Ihren zweiten Faktor und Ihre Wiederherstellungscodes entfernt. Sie sind überall abgemeldet.',
  ],
  'passkey-added': ['Ein Passkey wurde hinzugefügt', 'Er kann als zweiter Schritt der Anmeldung benutzt werden.'],
  'passkey-removed': ['Ein Passkey wurde entfernt', 'Er kann nicht mehr zur Anmeldung benutzt werden.'],
  'recovery-renewed': ['Sie haben neue Wiederherstellungscodes', 'Die bisherigen Codes gelten nicht mehr.'],
  'recovery-used': [
    'Ein Wiederherstellungscode wurde benutzt',
    'Jemand hat sich mit einem Ihrer Wiederherstellungscodes angemeldet. Er gilt nicht noch einmal.',
  ],
} as const;

const IF_NOT_YOU = 'Waren Sie das nicht, setzen Sie jetzt ein neues Passwort und sagen Sie es denen, die Ihr Konto betreuen.';

export const de: Words = {
  frame: ({ url, account, name }) => ({
    language: 'de',
    greeting: name ? `Guten Tag ${name},` : 'Guten Tag,',
    address: 'Falls der Knopf nicht geht, öffnen Sie diese Adresse:',
    footer: `Sie erhalten diese E-Mail, weil Sie zu ${account} gehören: ${url}`,
  }),
  letters: {
    'account-created': (_, { url, account }) => ({
      subject: 'Ihr Konto ist bereit',
      paragraphs: [
        `${account} ist eingerichtet und gehört Ihnen.`,
        'Schalten Sie als Nächstes die Anmeldung in zwei Schritten ein, setzen Sie das Widget auf Ihre Website und laden Sie die Leute ein, die mit Ihnen antworten.',
      ],
      action: { label: 'Sotto öffnen', url: `${url}/` },
      otherwise: 'Haben Sie dieses Konto nicht angelegt, sagen Sie es denen, die diesen Server betreiben.',
    }),
    'password-changed': () => ({
      subject: 'Ihr Passwort wurde geändert',
      paragraphs: ['Das Passwort Ihres Kontos wurde geändert. Ihre anderen Sitzungen sind abgemeldet.'],
      otherwise: `${IF_NOT_YOU} Auf der Anmeldeseite finden Sie „Passwort vergessen?“.`,
    }),
    'two-factor-changed': ({ change }) => ({
      subject: CHANGES[change][0],
      paragraphs: [CHANGES[change][1]],
      otherwise: IF_NOT_YOU,
    }),
    'new-device': ({ device, address, at }) => ({
      subject: 'Neue Anmeldung an Ihrem Konto',
      paragraphs: ['Jemand hat sich mit einem Browser an Ihrem Konto angemeldet, den wir noch nicht kennen.'],
      facts: [
        ['Browser', inert(device)],
        ['Adresse', address],
        ['Zeit', moment('de', at)],
      ],
      otherwise: `Waren Sie das, ist nichts zu tun. ${IF_NOT_YOU}`,
    }),
    invitation: ({ token, by, account }, occasion) => ({
      subject: `Einladung zu ${inert(account)}`,
      paragraphs: [
        `${inert(by)} lädt Sie ein, bei ${inert(account)} gemeinsam Nachrichten zu beantworten.`,
        'Der Link gilt 7 Tage und nur einmal.',
      ],
      action: { label: 'Einladung annehmen', url: joinLink(occasion, token) },
      otherwise: 'Wissen Sie nicht, worum es geht, tun Sie nichts und löschen Sie diese E-Mail.',
    }),
    'role-changed': ({ role }) => ({
      subject: 'Ihre Rolle wurde geändert',
      paragraphs: [`Ihre Rolle ist jetzt: ${ROLES[role] ?? inert(role)}. Melden Sie sich neu an, um weiterzuarbeiten.`],
      otherwise: 'Kommt Ihnen das falsch vor, fragen Sie einen Inhaber Ihres Kontos.',
    }),
    'password-reset': ({ token }, occasion) => ({
      subject: 'Neues Passwort setzen',
      paragraphs: ['Jemand hat für Ihr Konto ein neues Passwort angefordert.', 'Der Link gilt eine Stunde und nur einmal.'],
      action: { label: 'Neues Passwort setzen', url: resetLink(occasion, token) },
      otherwise: 'Waren Sie das nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
    }),
    'ownership-offered': ({ by, account }, { url }) => ({
      subject: 'Ihnen wird ein Konto angeboten',
      paragraphs: [
        `${inert(by)} möchte Ihnen ${inert(account)} übergeben: Als Inhaber dürfen Sie alles, auch das Konto weitergeben.`,
        'Melden Sie sich an, um anzunehmen oder abzulehnen.',
      ],
      action: { label: 'Sotto öffnen', url: `${url}/` },
      otherwise: 'Haben Sie das nicht erwartet, fragen Sie nach, bevor Sie annehmen.',
    }),
    'data-request': ({ number }, { url }) => ({
      subject: 'Eine Anfrage zu persönlichen Daten',
      paragraphs: [`Die Anfrage ${number} wartet auf eine Antwort. Das Gesetz setzt dafür eine Frist.`],
      action: { label: 'Sotto öffnen', url: `${url}/` },
    }),
    'mail-test': () => ({
      subject: 'Test Ihrer E-Mail-Einstellungen',
      paragraphs: ['Diese E-Mail ist angekommen, die E-Mail-Einstellungen Ihres Kontos stimmen also. Es ist nichts zu tun.'],
    }),
  },
};
