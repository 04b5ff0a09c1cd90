import { Anchor, Button, Divider, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { ProofForm } from '../session/proof-form';
import { renewing, useMe } from '../session/session';
import { failureText } from '../words/failure';
import { refreshMe, secondFactorQuery } from './queries';

/** Takes over the account with a code, or says no. */
export function OwnershipDialog({ from, onClose }: { from: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { account, twoFactor } = useMe();
  const totp = useQuery(secondFactorQuery).data?.totp ?? true;
  const accept = async (code: string) => {
    await renewing(() => api.acceptOwnership(code));
    await refreshMe();
    notifications.show({ message: t('owner.accepted', { account: account.name }) });
    onClose();
  };
  const decline = useMutation({
    mutationFn: () => api.declineOwnership(),
    onSuccess: async () => {
      await refreshMe();
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('owner.title', { account: account.name })}
      size={440}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text size="sm">{t('owner.hint', { from, account: account.name })}</Text>
        {twoFactor.enrolled ? (
          <ProofForm ways={totp ? ['totp', 'recovery'] : ['recovery']} submit={t('owner.accept')} onCode={accept} onCancel={onClose} />
        ) : (
          <Text size="sm">
            {t('owner.factorFirst')}{' '}
            <Anchor component={Link} to="/me/security" size="sm" onClick={onClose}>
              {t('banner.graceButton')}
            </Anchor>
          </Text>
        )}
        <Divider />
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {decline.isError && failureText(t, decline.error)}
        </Text>
        <Button variant="subtle" color="gray" size="xs" loading={decline.isPending} onClick={() => decline.mutate()}>
          {t('owner.decline')}
        </Button>
      </Stack>
    </Modal>
  );
}
