import { Email, Line, Origin } from '@sotto/protocol';
import type { TFunction } from 'i18next';

export const lineCheck = (t: TFunction, max: number) => (value: string) => {
  if (value.trim() === '') return t('fields.required');
  return Line(max).safeParse(value).success ? null : t('fields.tooLong');
};

export const emailCheck = (t: TFunction) => (value: string) => {
  if (value.trim() === '') return t('fields.required');
  return Email.safeParse(value).success ? null : t('fields.email');
};

/** What somebody pastes, reduced to its origin: `www.example.com/shop` becomes `https://www.example.com`. */
export function originOf(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return null;
  try {
    const { origin, hostname } = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    const whole = hostname === 'localhost' || hostname.includes('.') || hostname.startsWith('[');
    return whole && Origin.safeParse(origin).success ? origin : null;
  } catch {
    return null;
  }
}
