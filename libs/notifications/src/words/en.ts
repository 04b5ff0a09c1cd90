import { inert } from '../letter.js';
import { joinLink, moment, resetLink, type Words } from './words.js';

const ROLES: Readonly<Record<string, string>> = { owner: 'owner', admin: 'admin', agent: 'agent' };

const CHANGES = {
  enabled: ['Two-factor sign-in is on', 'From now on, signing in asks for a code after your password.'],
  disabled: ['Two-factor sign-in is off', 'Signing in asks for your password alone.'],
  reset: ['Two-factor sign-in was reset', 'An admin removed your second factor and your recovery codes. You are signed out everywhere.'],
  'passkey-added': ['A passkey was added', 'It can be used as the second step when you sign in.'],
  'passkey-removed': ['A passkey was removed', 'It can no longer be used to sign in.'],
  'recovery-renewed': ['You have new recovery codes', 'The codes you had before no longer work.'],
  'recovery-used': ['A recovery code was used', 'Somebody signed in with one of your recovery codes. It will not work again.'],
} as const;

const IF_NOT_YOU = 'If that was not you, set a new password now and tell whoever runs your account.';

export const en: Words = {
  frame: ({ url, account, name }) => ({
    language: 'en',
    greeting: name ? `Hello ${name},` : 'Hello,',
    address: 'If the button does not work, open this address:',
    footer: `You get this mail because you belong to ${account} at ${url}`,
  }),
  letters: {
    'account-created': (_, { url, account }) => ({
      subject: 'Your account is ready',
      paragraphs: [
        `${account} is set up, and you are its owner.`,
        'Next, turn on two-factor sign-in, put the widget on your website, and invite the people who will answer with you.',
      ],
      action: { label: 'Open Sotto', url: `${url}/` },
      otherwise: 'If you did not make this account, tell whoever runs this server.',
    }),
    'password-changed': () => ({
      subject: 'Your password was changed',
      paragraphs: ['The password of your account was changed. Your other sessions are signed out.'],
      otherwise: `${IF_NOT_YOU} You find "Forgot your password?" on the sign-in page.`,
    }),
    'two-factor-changed': ({ change }) => ({
      subject: CHANGES[change][0],
      paragraphs: [CHANGES[change][1]],
      otherwise: IF_NOT_YOU,
    }),
    'new-device': ({ device, address, at }) => ({
      subject: 'New sign-in to your account',
      paragraphs: ['Somebody signed in to your account with a browser we have not seen before.'],
      facts: [
        ['Browser', inert(device)],
        ['Address', address],
        ['Time', moment('en', at)],
      ],
      otherwise: `If that was you, there is nothing to do. ${IF_NOT_YOU}`,
    }),
    invitation: ({ token, by, account }, occasion) => ({
      subject: `Invitation to ${inert(account)}`,
      paragraphs: [
        `${inert(by)} invites you to join ${inert(account)} and answer messages together.`,
        'The link is good for 7 days and works once.',
      ],
      action: { label: 'Accept the invitation', url: joinLink(occasion, token) },
      otherwise: 'If you do not know what this is about, do nothing and delete this mail.',
    }),
    'role-changed': ({ role }) => ({
      subject: 'Your role was changed',
      paragraphs: [`Your role is now: ${ROLES[role] ?? inert(role)}. Sign in again to go on.`],
      otherwise: 'If that looks wrong to you, ask an owner of your account.',
    }),
    'password-reset': ({ token }, occasion) => ({
      subject: 'Set a new password',
      paragraphs: ['Somebody asked for a new password for your account.', 'The link is good for an hour and works once.'],
      action: { label: 'Set a new password', url: resetLink(occasion, token) },
      otherwise: 'If that was not you, do nothing: your password stays as it is.',
    }),
    'ownership-offered': ({ by, account }, { url }) => ({
      subject: 'You are offered an account',
      paragraphs: [
        `${inert(by)} wants to give you ${inert(account)}: as its owner you may do everything, also give it away.`,
        'Sign in to accept it or to turn it down.',
      ],
      action: { label: 'Open Sotto', url: `${url}/` },
      otherwise: 'If you did not expect this, ask them before you accept.',
    }),
    'data-request': ({ number }, { url }) => ({
      subject: 'A request about personal data',
      paragraphs: [`Request ${number} waits for an answer. The law sets a time limit for it.`],
      action: { label: 'Open Sotto', url: `${url}/` },
    }),
    'mail-test': () => ({
      subject: 'Test of your mail settings',
      paragraphs: ['This mail arrived, so the mail settings of your account work. There is nothing to do.'],
    }),
  },
};
