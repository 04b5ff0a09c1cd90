import { Button, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TeacherView } from '@sotto/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { useStepUp } from '../../session/step-up';
import { useLayout } from '../../shell/layout';
import { dateOf } from '../../words/time';
import { PageFailure, PageSkeleton } from '../parts';
import { TypeName } from '../type-name';
import { lessonsChanged, teachersQuery } from './queries';
import classes from './screening.module.css';
import { SectionHead } from './section-head';

const STATES = ['learned', 'held', 'refused', 'overruled', 'contradicted'] as const;

/** Who taught the filter what, and the way to take it all back. */
export function Teachers() {
  const { t } = useTranslation();
  const found = useQuery(teachersQuery);
  const [rolling, setRolling] = useState<TeacherView['member'] | null>(null);
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) return <PageFailure error={found.error} onRetry={() => void found.refetch()} />;
  const { items } = found.data;
  return (
    <section className={classes.section}>
      <SectionHead title={t('filter.teachers.title')} hint={t('filter.teachers.hint')} />
      {items.length === 0 ? (
        <div className={classes.none}>
          <Text fw={550}>{t('filter.teachers.none')}</Text>
          <Text size="sm" c="dimmed">
            {t('filter.teachers.noneHint')}
          </Text>
        </div>
      ) : (
        <TeacherTable items={items} onRollBack={setRolling} />
      )}
      {rolling && <RollBack member={rolling} onClose={() => setRolling(null)} />}
    </section>
  );
}

function TeacherTable({ items, onRollBack }: { items: readonly TeacherView[]; onRollBack: (member: TeacherView['member']) => void }) {
  const { t, i18n } = useTranslation();
  const narrow = useLayout() === 'narrow';
  const name = ({ member }: TeacherView) => member.name || t('why.somebody');
  const taught = ({ spam, ham }: TeacherView) => t('filter.teachers.spamHam', { spam, ham });
  const button = (teacher: TeacherView) => (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t('filter.teachers.rollBackOf', { name: name(teacher) })}
      onClick={() => onRollBack({ ...teacher.member, name: name(teacher) })}
    >
      {t('filter.teachers.rollBack')}
    </Button>
  );
  if (narrow) {
    return (
      <ul className={classes.rows}>
        {items.map((teacher) => (
          <li key={teacher.member.id}>
            <div className={classes.rowText}>
              <Text fw={550}>{name(teacher)}</Text>
              <Text size="sm" c="dimmed">
                {[
                  taught(teacher),
                  ...STATES.filter((state) => teacher[state] > 0).map((state) => `${t(`filter.teachers.${state}`)} ${teacher[state]}`),
                ].join(' · ')}
              </Text>
            </div>
            {button(teacher)}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table.ScrollContainer minWidth={680}>
      <Table verticalSpacing="xs" fz="sm" tabularNums>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('filter.teachers.member')}</Table.Th>
            <Table.Th>{t('filter.teachers.taught')}</Table.Th>
            {STATES.map((state) => (
              <Table.Th key={state} ta="end">
                {t(`filter.teachers.${state}`)}
              </Table.Th>
            ))}
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((teacher) => (
            <Table.Tr key={teacher.member.id}>
              <Table.Th scope="row" fw={550}>
                {name(teacher)}
                <Text size="xs" c="dimmed">
                  {t('filter.teachers.last', { when: dateOf(teacher.lastAt, i18n.language) })}
                </Text>
              </Table.Th>
              <Table.Td className={classes.oneLine}>{taught(teacher)}</Table.Td>
              {STATES.map((state) => (
                <Table.Td key={state} ta="end" c={teacher[state] === 0 ? 'dimmed' : undefined}>
                  {teacher[state]}
                </Table.Td>
              ))}
              <Table.Td ta="end">{button(teacher)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RollBack({ member: { id, name }, onClose }: { member: TeacherView['member']; onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  return (
    <TypeName
      title={t('filter.teachers.rollBackTitle', { name })}
      name={name}
      act={t('filter.teachers.rollBack')}
      onClose={onClose}
      onAct={async () => {
        const { removed } = await confirmed(() => api.rollBack(id));
        notifications.show({ message: t('filter.teachers.rolledBack', { count: removed }) });
        await lessonsChanged();
      }}
    >
      {t('filter.teachers.rollBackHint', { name })}
    </TypeName>
  );
}
