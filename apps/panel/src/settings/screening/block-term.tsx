import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const TERMS = ['7', '30', '365', 'never'] as const;
export type Term = (typeof TERMS)[number];

export const daysOf = (term: Term): number | null => (term === 'never' ? null : Number(term));

/** For how long somebody is blocked. */
export function BlockTerm({ value, onChange }: { value: Term; onChange: (term: Term) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('blocking.long')}
      allowDeselect={false}
      data={TERMS.map((term) => ({ value: term, label: t(`blocking.days.${term}`) }))}
      value={value}
      onChange={(term) => term && onChange(term as Term)}
    />
  );
}
