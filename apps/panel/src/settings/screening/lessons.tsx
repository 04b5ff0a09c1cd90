import { Badge, Button, Group as Row, Select, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { LessonState, LessonView } from '@sotto/protocol';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { useStepUp } from '../../session/step-up';
import { failureText } from '../../words/failure';
import { moment } from '../../words/time';
import { PageFailure, PageSkeleton } from '../parts';
import { lessonsChanged, lessonsQuery, teachersQuery } from './queries';
import classes from './screening.module.css';
import { SectionHead } from './section-head';

/** What waits comes first: it asks for somebody. */
const STATES = ['held', 'learned', 'refused', 'overruled', 'all'] as const;
type Shown = (typeof STATES)[number];

/** One lesson after the other, each to accept or to forget. */
export function Lessons() {
  const { t } = useTranslation();
  const [state, setState] = useState<Shown>('held');
  const [member, setMember] = useState<string | null>(null);
  const teachers = useQuery(teachersQuery).data?.items ?? [];
  const filter = { ...(state === 'all' ? {} : { state: state as LessonState }), ...(member ? { member } : {}) };
  const found = useInfiniteQuery(lessonsQuery(filter));
  const lessons = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className={classes.section}>
      <SectionHead title={t('filter.lessons.title')} hint={t('filter.lessons.hint')} />
      <Row gap="sm" mb="md" align="flex-end">
        <Select
          label={t('filter.lessons.filter')}
          allowDeselect={false}
          w={160}
          data={STATES.map((one) => ({ value: one, label: t(`filter.lessons.state.${one}`) }))}
          value={state}
          onChange={(next) => setState(next as Shown)}
        />
        {teachers.length > 1 && (
          <Select
            label={t('filter.lessons.member')}
            placeholder={t('filter.lessons.everybody')}
            clearable
            w={220}
            data={teachers.map((teacher) => ({ value: teacher.member.id, label: teacher.member.name || t('why.somebody') }))}
            value={member}
            onChange={setMember}
          />
        )}
      </Row>
      {found.isPending ? (
        <PageSkeleton />
      ) : found.isError ? (
        <PageFailure error={found.error} onRetry={() => void found.refetch()} />
      ) : lessons.length === 0 ? (
        <div className={classes.none}>
          <Text size="sm" c="dimmed">
            {t(state === 'held' ? 'filter.lessons.noneHeld' : 'filter.lessons.none')}
          </Text>
        </div>
      ) : (
        <ul className={classes.rows}>
          {lessons.map((lesson) => (
            <Lesson key={lesson.id} lesson={lesson} />
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" fullWidth loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('filter.lessons.more')}
        </Button>
      )}
    </section>
  );
}

function Lesson({ lesson }: { lesson: LessonView }) {
  const { t, i18n } = useTranslation();
  const confirmed = useStepUp();
  const { id, conversation, state, reason, contradicted } = lesson;
  const said = { name: lesson.member.name || t('why.somebody'), verdict: t(`why.verdict.${lesson.verdict}`) };
  const which = conversation ? t('filter.lessons.which', { number: conversation.number }) : t('filter.lessons.hidden');
  const act = useMutation({
    mutationFn: (deed: 'accept' | 'remove') =>
      confirmed(async () => void (await (deed === 'accept' ? api.acceptLesson(id) : api.removeLesson(id)))),
    onSuccess: (_, deed) => {
      notifications.show({ message: t(deed === 'accept' ? 'filter.lessons.accepted' : 'filter.lessons.removed') });
      void lessonsChanged();
    },
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  const sentence = t('filter.lessons.sentence', { ...said, which });
  return (
    <li>
      <div className={classes.rowText}>
        <Text size="sm">
          {conversation ? (
            <Link to="/inbox/$view/$id" params={{ view: 'open', id: conversation.id }} className={classes.link}>
              {sentence}
            </Link>
          ) : (
            sentence
          )}
        </Text>
        <Text size="xs" c="dimmed">
          <time dateTime={lesson.at}>{moment(lesson.at, i18n.language)}</time>
          {reason && ` · ${t(`filter.lessons.reason.${reason}`)}`}
        </Text>
      </div>
      <Row gap={6}>
        {contradicted && reason !== 'contradicts' && (
          <Badge variant="light" color="amber">
            {t('filter.lessons.contradicted')}
          </Badge>
        )}
        <Badge variant="light" color={state === 'learned' ? 'pine' : state === 'held' ? 'amber' : 'gray'}>
          {t(`filter.lessons.state.${state}`)}
        </Badge>
      </Row>
      <Row gap={6}>
        {state !== 'learned' && (
          <Button
            size="compact-sm"
            variant="light"
            loading={act.isPending && act.variables === 'accept'}
            aria-label={t('filter.lessons.acceptOf', { ...said, which })}
            onClick={() => act.mutate('accept')}
          >
            {t('filter.lessons.accept')}
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          loading={act.isPending && act.variables === 'remove'}
          aria-label={t('filter.lessons.removeOf', { ...said, which })}
          onClick={() => act.mutate('remove')}
        >
          {t('filter.lessons.remove')}
        </Button>
      </Row>
    </li>
  );
}
