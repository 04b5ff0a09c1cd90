import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMe } from '../session/session';
import { Group, PageFailure, PageSkeleton } from '../settings/parts';
import { Authenticator } from './authenticator';
import { PasskeyList } from './passkey-list';
import { PasswordForm } from './password-form';
import { secondFactorQuery } from './queries';
import { RecoveryGroup } from './recovery';

export function SecurityPage() {
  const { t } = useTranslation();
  const { twoFactor } = useMe();
  const state = useQuery(secondFactorQuery);

  if (state.isPending) return <PageSkeleton />;
  if (!state.data) return <PageFailure error={state.error} onRetry={() => void state.refetch()} />;
  const { totp, passkeys, recoveryCodesLeft } = state.data;
  return (
    <>
      <Group title={t('me.app')} hint={t(twoFactor.required ? 'me.appHintRequired' : 'me.appHint')}>
        <Authenticator on={totp} />
      </Group>
      <Group title={t('me.passkeys')} hint={t('me.passkeysHint')}>
        <PasskeyList passkeys={passkeys} />
      </Group>
      {(totp || passkeys.length > 0) && (
        <Group title={t('me.recovery')} hint={t('me.recoveryHint')}>
          <RecoveryGroup left={recoveryCodesLeft} />
        </Group>
      )}
      <Group title={t('me.password')} hint={t('me.passwordHint')}>
        <PasswordForm />
      </Group>
    </>
  );
}
