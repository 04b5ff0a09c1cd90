import type { Texts } from './en';

export const accessDe: Pick<Texts, 'proof' | 'stepUp'> = {
  proof: {
    code: 'Code aus Ihrer Authenticator-App',
    codeHint: 'Sechs Ziffern. Alle 30 Sekunden erscheint ein neuer.',
    codeShort: 'Geben Sie alle sechs Ziffern ein.',
    recovery: 'Wiederherstellungscode',
    recoveryHint: 'Einer der zehn, die Sie beim Einrichten aufbewahrt haben. Jeder gilt einmal.',
    recoveryShort: 'Geben Sie alle 16 Buchstaben und Ziffern ein.',
    password: 'Ihr Passwort',
    useApp: 'Authenticator-App verwenden',
    useRecovery: 'Wiederherstellungscode verwenden',
    usePasskey: 'Passkey verwenden',
    usePassword: 'Passwort verwenden',
    passkeyHint: 'Ihr Browser fragt nach Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.',
    or: 'oder',
    codeWrong: 'Dieser Code stimmt nicht oder wurde schon verwendet. Warten Sie auf den nächsten und versuchen Sie es erneut.',
    recoveryWrong: 'Dieser Wiederherstellungscode stimmt nicht oder wurde schon verwendet. Nehmen Sie einen anderen.',
    passwordWrong: 'Das Passwort stimmt nicht.',
    passkeyWrong: 'Dieser Passkey wurde nicht angenommen. Versuchen Sie es erneut oder auf einem anderen Weg.',
    passkeyStopped: 'Der Passkey wurde nicht verwendet. Versuchen Sie es erneut oder auf einem anderen Weg.',
    passkeyPlace: 'An dieser Adresse funktionieren Passkeys nicht. Öffnen Sie das Panel unter seiner eigenen Adresse über https.',
    passkeyKnown: 'Dieser Passkey steht schon in Ihrer Liste. Wählen Sie ein anderes Gerät.',
  },
  stepUp: {
    title: 'Sind Sie es?',
    intro: 'Das verdient einen zweiten Blick. Bestätigen Sie einmal; zehn Minuten lang werden Sie nicht erneut gefragt.',
    submit: 'Bestätigen',
    notDone: 'Es wurde nichts geändert, weil nicht bestätigt wurde, dass Sie es sind.',
    none: 'Es gibt nichts, womit Sie sich bestätigen könnten. Melden Sie sich ab, wieder an und wiederholen Sie es.',
  },
};
