import { Button, Checkbox, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@sotto/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { membersQuery, queries, useMay, useMe } from '../session/session';
import { useStepUp } from '../session/step-up';
import { failureText } from '../words/failure';
import { moment } from '../words/time';
import { Group } from './parts';

const offerQuery = {
  queryKey: ['ownership-offer'],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.ownershipOffer(signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'not-found') return null;
      throw error;
    }),
};

/** Handing the account over: for owners only. */
export function OwnershipSection() {
  const may = useMay('ownership.transfer');
  return may ? <Ownership /> : null;
}

function Ownership() {
  const { t, i18n } = useTranslation();
  const me = useMe().member;
  const confirmed = useStepUp();
  const offer = useQuery(offerQuery);
  const members = useQuery(membersQuery).data?.items ?? [];
  const [to, setTo] = useState<string | null>(null);
  const [stay, setStay] = useState(false);
  const able = members.filter(({ id, role, status, twoFactor }) => id !== me.id && role !== 'owner' && status === 'active' && twoFactor);
  const refresh = () => queries.invalidateQueries({ queryKey: offerQuery.queryKey });
  const make = useMutation({
    mutationFn: (memberId: string) => confirmed(() => api.offerOwnership({ memberId, stay })),
    onSuccess: refresh,
  });
  const withdraw = useMutation({
    mutationFn: () => api.declineOwnership(),
    onSuccess: () => {
      notifications.show({ message: t('security.withdrawn') });
      void refresh();
    },
  });
  return (
    <Group title={t('security.ownership')} hint={t('security.ownershipHint')}>
      {offer.data ? (
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{t('security.offered', { name: offer.data.to.name, date: moment(offer.data.expiresAt, i18n.language) })}</Text>
          <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t('security.withdraw')}
          </Button>
        </Stack>
      ) : (
        <Stack gap="sm" align="flex-start">
          <Select
            label={t('security.offerTo')}
            w="100%"
            data={able.map(({ id, name }) => ({ value: id, label: name }))}
            disabled={able.length === 0}
            description={able.length === 0 ? t('security.offerNobody') : undefined}
            value={to}
            onChange={setTo}
            error={make.isError && failureText(t, make.error)}
          />
          <Checkbox label={t('security.offerStay')} checked={stay} onChange={(event) => setStay(event.currentTarget.checked)} />
          <Button variant="default" disabled={to === null} loading={make.isPending} onClick={() => to !== null && make.mutate(to)}>
            {t('security.offer')}
          </Button>
        </Stack>
      )}
    </Group>
  );
}
