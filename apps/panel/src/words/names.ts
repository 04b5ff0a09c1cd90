import type { ConversationView } from '@sotto/protocol';
import type { TFunction } from 'i18next';

/** What to call the person of a conversation. */
export function contactName(t: TFunction, { contact, number }: Pick<ConversationView, 'contact' | 'number'>): string {
  return contact.name ?? contact.email ?? t('list.visitor', { number });
}

export const initials = (name: string): string =>
  name
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => [...word][0])
    .slice(0, 2)
    .join('')
    .toUpperCase();
