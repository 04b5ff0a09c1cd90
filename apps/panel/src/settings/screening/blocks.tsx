import { Badge, Button, EmptyState, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { BlockView } from '@sotto/protocol';
import { IconPlus, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { queries } from '../../session/session';
import { useStepUp } from '../../session/step-up';
import { failureText } from '../../words/failure';
import { dateOf } from '../../words/time';
import { PageFailure, PageSkeleton } from '../parts';
import { AddBlock } from './add-block';
import { BlockCheck } from './block-check';
import { blocksQuery } from './queries';
import classes from './screening.module.css';
import { SectionHead } from './section-head';

/** Who is held back whatever they write. */
export function Blocks() {
  const { t } = useTranslation();
  const found = useInfiniteQuery(blocksQuery);
  const [adding, setAdding] = useState(false);
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) return <PageFailure error={found.error} onRetry={() => void found.refetch()} />;
  const blocks = found.data.pages.flatMap(({ items }) => items);
  return (
    <section className={classes.section}>
      <SectionHead title={t('filter.blocks.title')} hint={t('filter.blocks.hint')}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t('filter.blocks.add')}
        </Button>
      </SectionHead>
      {blocks.length === 0 ? (
        <EmptyState
          icon={<IconShieldCheck stroke={1.4} />}
          title={t('filter.blocks.none')}
          description={t('filter.blocks.noneHint')}
          py={32}
        />
      ) : (
        <ul className={classes.rows}>
          {blocks.map((block) => (
            <Block key={block.id} block={block} />
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" fullWidth loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('filter.blocks.more')}
        </Button>
      )}
      <BlockCheck />
      {adding && <AddBlock onClose={() => setAdding(false)} />}
    </section>
  );
}

function Block({ block: { id, kind, reason, member, createdAt, expiresAt } }: { block: BlockView }) {
  const { t, i18n } = useTranslation();
  const confirmed = useStepUp();
  const remove = useMutation({
    mutationFn: () => confirmed(() => api.unblock(id)),
    onSuccess: () => {
      notifications.show({ message: t('filter.blocks.removed') });
      void queries.invalidateQueries({ queryKey: blocksQuery.queryKey });
    },
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  const facts = [
    dateOf(createdAt, i18n.language),
    member && t('filter.blocks.by', { name: member.name || t('why.somebody') }),
    expiresAt ? t('filter.blocks.until', { when: dateOf(expiresAt, i18n.language) }) : t('filter.blocks.forGood'),
  ];
  return (
    <li>
      <div className={classes.rowText}>
        <Text size="sm">{reason}</Text>
        <Text size="xs" c="dimmed">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </div>
      <Badge variant="light" color="gray">
        {t(`filter.blocks.kinds.${kind}`)}
      </Badge>
      <Button
        size="compact-sm"
        variant="default"
        loading={remove.isPending}
        aria-label={t('filter.blocks.removeOf', { reason })}
        onClick={() => remove.mutate()}
      >
        {t('filter.blocks.remove')}
      </Button>
    </li>
  );
}
