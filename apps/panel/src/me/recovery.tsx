import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { useStepUp } from '../session/step-up';
import { failureText } from '../words/failure';
import { CodesDialog } from './codes-dialog';
import classes from './me.module.css';
import { refreshSecurity } from './queries';

/** So few that a lost phone soon means being locked out. */
const FEW = 3;

/** How many recovery codes are left, and new ones. */
export function RecoveryGroup({ left }: { left: number }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const renew = useMutation({
    mutationFn: () => confirmed(() => api.renewRecoveryCodes()),
    onSuccess: refreshSecurity,
  });
  return (
    <>
      <div className={classes.row}>
        <div>
          <Text c={left <= FEW ? 'var(--sotto-alert-text)' : undefined}>{t('me.recoveryLeft', { count: left })}</Text>
          <Text size="sm" c="dimmed">
            {t('me.recoveryNewHint')}
          </Text>
        </div>
        <Button size="xs" variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
          {t('me.recoveryNew')}
        </Button>
      </div>
      <Text size="sm" c="var(--mantine-color-error)" role="alert">
        {renew.isError && failureText(t, renew.error)}
      </Text>
      {renew.data?.recoveryCodes && (
        <CodesDialog title={t('enrol.codesTitle')} codes={renew.data.recoveryCodes} onClose={() => renew.reset()} />
      )}
    </>
  );
}
