import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMay } from '../session/session';
import { dateOf } from '../words/time';
import { PageFailure, PageHead, PageSkeleton } from './parts';
import { PolicyForm } from './policy-form';
import { PolicyVersions } from './policy-versions';
import { policiesQuery } from './queries';

export function PolicyPage() {
  const { t, i18n } = useTranslation();
  const publishes = useMay('policy.publish');
  const policies = useQuery(policiesQuery);
  if (policies.isPending) return <PageSkeleton />;
  if (!policies.data) return <PageFailure error={policies.error} onRetry={() => void policies.refetch()} />;
  const policy = policies.data.items[0];
  const current = policy?.versions.find(({ version }) => version === policy.currentVersion);
  if (!policy || !current) return <EmptyState title={t('policy.missing')} />;
  return (
    <>
      <PageHead
        title={t('policy.title')}
        intro={`${t('policy.intro')} ${t('policy.current', { version: current.version, date: dateOf(current.publishedAt, i18n.language) })}.${publishes ? '' : ` ${t('policy.readOnly')}`}`}
      />
      {publishes && <PolicyForm key={policy.id} policy={policy} current={current} />}
      <PolicyVersions policy={policy} />
    </>
  );
}
