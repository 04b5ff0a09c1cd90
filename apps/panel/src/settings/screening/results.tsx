import { Button, EmptyState, Group as Row, SegmentedControl, Table, Text } from '@mantine/core';
import { IconChartBar, IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageFailure, PageSkeleton } from '../parts';
import { saveCsv } from '../save-csv';
import { performanceQuery } from './queries';
import { barsOf, csvOf, SERIES, sumOf, type Bars } from './result-bars';
import { dayName, ResultChart, Swatch } from './result-chart';
import classes from './screening.module.css';

const SPANS = ['30', '90', '365'] as const;
type Span = (typeof SPANS)[number];

/** How well the filter does: a picture first, the numbers a click away. */
export function Results() {
  const { t } = useTranslation();
  const [span, setSpan] = useState<Span>('30');
  const [table, setTable] = useState(false);
  const found = useQuery({ ...performanceQuery(Number(span)), placeholderData: keepPreviousData });
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) return <PageFailure error={found.error} onRetry={() => void found.refetch()} />;
  const { days, lessons } = found.data;
  const sum = sumOf(days);
  const bars = barsOf(days);
  const download = () => {
    const columns = Object.fromEntries(SERIES.map((name) => [name, t(`filter.results.${name}`)])) as Record<
      (typeof SERIES)[number],
      string
    >;
    const names = { ...columns, day: t('filter.results.day'), screened: t('filter.results.all') };
    saveCsv(csvOf(days, names), `spam-filter-${span}-days.csv`);
  };
  return (
    <>
      <Row justify="space-between" mb="md">
        <SegmentedControl
          aria-label={t('filter.results.span')}
          value={span}
          onChange={(next) => setSpan(next as Span)}
          data={SPANS.map((one) => ({ value: one, label: t(`filter.results.days.${one}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t('filter.results.screened', { count: sum.screened })}
        </Text>
      </Row>
      {sum.screened === 0 ? (
        <EmptyState
          icon={<IconChartBar stroke={1.4} />}
          title={t('filter.results.none')}
          description={t('filter.results.noneHint')}
          py={40}
        />
      ) : (
        <>
          <dl className={classes.sums}>
            {SERIES.map((name) => (
              <div key={name}>
                <dt>
                  <Swatch name={name} /> {t(`filter.results.${name}`)}
                </dt>
                <dd>
                  <span className={classes.sum}>{sum[name]}</span>
                  <span className={classes.hint}>{t(`filter.results.${name}Hint`)}</span>
                </dd>
              </div>
            ))}
          </dl>
          <ResultChart bars={bars} />
          <Row gap="xs" mt="md">
            <Button variant="default" aria-expanded={table} onClick={() => setTable(!table)}>
              {t(table ? 'filter.results.hideTable' : 'filter.results.table')}
            </Button>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={download}>
              {t('filter.results.csv')}
            </Button>
          </Row>
          {table && <ResultTable bars={bars} />}
        </>
      )}
      <Text size="sm" c="dimmed" mt="lg">
        {t('filter.results.taught', lessons)}
      </Text>
    </>
  );
}

function ResultTable({ bars: { bars, unit } }: { bars: Bars }) {
  const { t, i18n } = useTranslation();
  const shown = bars.filter(({ screened }) => screened > 0).toReversed();
  return (
    <Table.ScrollContainer minWidth={520} mt="md">
      <Table verticalSpacing={6} fz="sm" tabularNums>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t(unit === 'week' ? 'filter.results.week' : 'filter.results.day')}</Table.Th>
            <Table.Th ta="end">{t('filter.results.all')}</Table.Th>
            {SERIES.map((name) => (
              <Table.Th key={name} ta="end">
                {t(`filter.results.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((bar) => (
            <Table.Tr key={bar.day}>
              <Table.Th scope="row" fw={400}>
                {dayName(bar.day, i18n.language)}
              </Table.Th>
              {(['screened', ...SERIES] as const).map((name) => (
                <Table.Td key={name} ta="end">
                  {bar[name]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
