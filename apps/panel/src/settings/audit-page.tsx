import { Alert, Button, Group as Row, Select, Table, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import type { AuditEntryView, AuditVerification } from '@sotto/protocol';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, useMay } from '../session/session';
import { useStepUp } from '../session/step-up';
import { useLayout } from '../shell/layout';
import { failureText } from '../words/failure';
import { moment } from '../words/time';
import { saveCsv } from './save-csv';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import classes from './settings.module.css';

const GROUPS = [
  'auth',
  'second-factor',
  'security',
  'member',
  'role',
  'team',
  'ownership',
  'token',
  'inbox',
  'policy',
  'screening',
  'contact',
  'consent',
  'audit',
] as const;
type Group = (typeof GROUPS)[number];

interface Search {
  group: Group | null;
  member: string | null;
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
/** As the server filters: whole days of the reader's own calendar. */
const queryOf = ({ group, member, from, to }: Search) => ({
  ...(group ? { action: `${group}.` } : {}),
  ...(member ? { member } : {}),
  ...(from ? { from: new Date(`${from}T00:00`).toISOString() } : {}),
  ...(to ? { to: new Date(new Date(`${to}T00:00`).getTime() + DAY_MS).toISOString() } : {}),
});

export function AuditPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useState<Search>({ group: null, member: null, from: '', to: '' });
  const query = queryOf(search);
  const log = useInfiniteQuery({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) => api.audit({ ...query, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (before) => before,
  });
  const entries = log.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHead title={t('audit.title')} intro={t('audit.intro')} action={<Tools query={query} />} />
      <Filter search={search} onChange={setSearch} />
      {log.isPending ? (
        <PageSkeleton />
      ) : log.isError ? (
        <PageFailure error={log.error} onRetry={() => void log.refetch()} />
      ) : entries.length === 0 ? (
        <Text c="dimmed" ta="center" py="xl">
          {t('audit.none')}
        </Text>
      ) : (
        <Entries entries={entries} />
      )}
      {log.hasNextPage && (
        <Button variant="default" mt="md" fullWidth loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('audit.more')}
        </Button>
      )}
    </>
  );
}

function Filter({ search, onChange }: { search: Search; onChange: (search: Search) => void }) {
  const { t } = useTranslation();
  const members = useQuery(membersQuery).data?.items ?? [];
  return (
    <div className={classes.filter}>
      <Select
        label={t('audit.group')}
        placeholder={t('audit.all')}
        clearable
        data={GROUPS.map((group) => ({ value: group, label: t(`audit.groups.${group}`) }))}
        value={search.group}
        onChange={(group) => onChange({ ...search, group: group as Group | null })}
      />
      <Select
        label={t('audit.member')}
        placeholder={t('audit.everybody')}
        clearable
        searchable
        data={members.map(({ id, name }) => ({ value: id, label: name }))}
        value={search.member}
        onChange={(member) => onChange({ ...search, member })}
      />
      <TextInput
        type="date"
        label={t('audit.from')}
        value={search.from}
        max={search.to || undefined}
        onChange={(event) => onChange({ ...search, from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t('audit.to')}
        value={search.to}
        min={search.from || undefined}
        onChange={(event) => onChange({ ...search, to: event.currentTarget.value })}
      />
    </div>
  );
}

function Tools({ query }: { query: ReturnType<typeof queryOf> }) {
  const { t } = useTranslation();
  const exports = useMay('audit.export');
  const confirmed = useStepUp();
  const verify = useMutation({ mutationFn: () => api.verifyAudit() });
  const download = useMutation({
    mutationFn: () => confirmed(() => api.exportAudit(query)),
    onSuccess: (csv) => saveCsv(csv, 'audit.csv'),
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  return (
    <div className={classes.tools}>
      <Row gap="xs">
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('audit.verify')}
        </Button>
        {exports && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            {t('audit.download')}
          </Button>
        )}
      </Row>
      <div role="status">
        {verify.data && <Verdict found={verify.data} />}
        {verify.isError && <Text size="sm">{failureText(t, verify.error)}</Text>}
      </div>
    </div>
  );
}

function Verdict({ found }: { found: AuditVerification }) {
  const { t } = useTranslation();
  const list = found.problems.slice(0, 5).map(({ seq, problem }) => t(`audit.problem.${problem}`, { seq }));
  return (
    <Alert color={found.ok ? 'pine' : 'red'} py="xs">
      {found.ok ? t('audit.verified', { count: found.entries }) : t('audit.broken', { list: list.join(', ') })}
      <Text size="xs" c="dimmed" mt={4} className={classes.wrap}>
        {t('audit.head', { head: found.head })}
      </Text>
    </Alert>
  );
}

function Entries({ entries }: { entries: readonly AuditEntryView[] }) {
  const { t, i18n } = useTranslation();
  const layout = useLayout();
  if (layout === 'narrow') {
    return (
      <ul className={classes.entries}>
        {entries.map((entry) => (
          <li key={entry.seq}>
            <Text size="sm" className={classes.wrap}>
              {sentence(t, entry)}
            </Text>
            <Text size="xs" c="dimmed" className={classes.wrap}>
              <time dateTime={entry.at}>{moment(entry.at, i18n.language)}</time>
              {entry.address && `, ${entry.address}`}
            </Text>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={56}>#</Table.Th>
            <Table.Th w={170}>{t('audit.when')}</Table.Th>
            <Table.Th>{t('audit.did')}</Table.Th>
            <Table.Th w={140}>{t('audit.where')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.seq}>
              <Table.Td c="dimmed">{entry.seq}</Table.Td>
              <Table.Td>
                <time dateTime={entry.at}>{moment(entry.at, i18n.language)}</time>
              </Table.Td>
              <Table.Td className={classes.wrap}>{sentence(t, entry)}</Table.Td>
              <Table.Td className={classes.wrap} ff="monospace" fz="xs">
                {entry.address}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function actorName(t: TFunction, { kind, name }: AuditEntryView['actor']): string {
  if (kind === 'system' || kind === 'operator' || kind === 'visitor') return t(`audit.${kind}`);
  const known = name ?? t('audit.somebody');
  return kind === 'token' ? t('audit.program', { name: known }) : known;
}

function sentence(t: TFunction, entry: AuditEntryView): string {
  const target = entry.target?.name ?? t('audit.somebody');
  return t(`audit.actions.${entry.action}`, { who: actorName(t, entry.actor), target });
}
