import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHead } from '../parts';
import { Blocks } from './blocks';
import { Lessons } from './lessons';
import { FILTER_PARTS, type FilterPart } from './parts-of-page';
import { Results } from './results';
import classes from './screening.module.css';
import { Teachers } from './teachers';
import { Threshold } from './threshold';

export function ScreeningPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { part = 'results' } = useSearch({ from: '/frame/settings/screening' });
  const go = (next: string | null) => void navigate({ to: '/settings/screening', search: { part: next as FilterPart }, replace: true });
  return (
    <>
      <PageHead title={t('filter.title')} intro={t('filter.intro')} />
      <Tabs value={part} onChange={go} keepMounted={false}>
        <Tabs.List aria-label={t('filter.title')} mb="lg" className={classes.tabs}>
          {FILTER_PARTS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`filter.tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="results">
          <Results />
        </Tabs.Panel>
        <Tabs.Panel value="threshold">
          <Threshold />
        </Tabs.Panel>
        <Tabs.Panel value="teachers">
          <Teachers />
          <Lessons />
        </Tabs.Panel>
        <Tabs.Panel value="blocks">
          <Blocks />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
