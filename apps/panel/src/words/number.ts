import { useTranslation } from 'react-i18next';
import { localeOf } from './time';

/** Writes a number as the reader is used to, with one decimal place at most. */
export function useNumber(): (value: number) => string {
  const { i18n } = useTranslation();
  return (value) => new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 1, signDisplay: 'negative' }).format(value);
}
