import { Badge, Button, EmptyState, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconApi, IconPlus } from '@tabler/icons-react';
import type { ApiTokenView } from '@sotto/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { ago, dateOf, useNow } from '../words/time';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import { tokensQuery } from './queries';
import classes from './settings.module.css';
import { TokenDialog } from './token-dialog';
import { TypeName } from './type-name';

export function TokensPage() {
  const { t } = useTranslation();
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  if (tokens.isPending) return <PageSkeleton />;
  if (tokens.isError) return <PageFailure error={tokens.error} onRetry={() => void tokens.refetch()} />;
  const { items } = tokens.data;
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('tokens.new')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('tokens.title')} intro={t('tokens.intro')} action={items.length > 0 && make} />
      {items.length === 0 && (
        <EmptyState icon={<IconApi stroke={1.4} />} title={t('tokens.none')} description={t('tokens.noneHint')} py={40}>
          <EmptyState.Actions>{make}</EmptyState.Actions>
        </EmptyState>
      )}
      <ul className={classes.cards}>
        {items.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
      </ul>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function TokenRow({ token }: { token: ApiTokenView }) {
  const { t, i18n } = useTranslation();
  const confirmed = useStepUp();
  const now = useNow();
  const me = useMe().member;
  const maker = useQuery(membersQuery).data?.items.find(({ id }) => id === token.memberId);
  const [revoking, setRevoking] = useState(false);
  const ended = Date.parse(token.expiresAt) <= now;
  const facts = [
    token.memberId !== me.id && maker ? t('tokens.by', { name: maker.name }) : null,
    t('tokens.created', { when: dateOf(token.createdAt, i18n.language) }),
    t(ended ? 'tokens.ended' : 'tokens.until', { when: dateOf(token.expiresAt, i18n.language) }),
    token.lastUsedAt ? t('tokens.used', { when: ago(token.lastUsedAt, now, i18n.language) }) : t('tokens.neverUsed'),
    token.ipAllowlist.length > 0 ? t('tokens.fromList', { list: token.ipAllowlist.join(', ') }) : null,
  ].filter((fact) => fact !== null);
  return (
    <li className={classes.card}>
      <div className={classes.cardText}>
        <Text fw={550}>
          {token.name}{' '}
          <Text span size="sm" c="dimmed" ff="monospace" fw={400}>
            …{token.hint}
          </Text>
        </Text>
        <Text size="sm" c="dimmed" className={classes.wrap}>
          {facts.join(' · ')}
        </Text>
        <div className={classes.scopes}>
          {token.scopes.map((scope) => (
            <Badge key={scope} variant="light" color="gray" fw={500}>
              {t(`permissions.${scope}`)}
            </Badge>
          ))}
        </div>
      </div>
      <Button variant="default" onClick={() => setRevoking(true)}>
        {t('tokens.revoke')}
      </Button>
      {revoking && (
        <TypeName
          title={t('tokens.revokeTitle', { name: token.name })}
          name={token.name}
          act={t('tokens.revoke')}
          onClose={() => setRevoking(false)}
          onAct={async () => {
            await confirmed(() => api.revokeApiToken(token.id));
            notifications.show({ message: t('tokens.revoked') });
            await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
          }}
        >
          {t('tokens.revokeHint')}
        </TypeName>
      )}
    </li>
  );
}
