import { Anchor, Group, Text } from '@mantine/core';
import type { RecoveryCodes } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { EnrolPasskey } from './enrol-passkey';
import { EnrolTotp } from './enrol-totp';
import { FrontPage } from './front-page';
import { KeepCodes } from './keep-codes';
import { passkeysWork } from './passkeys';
import { useSignedIn } from './signed-in';
import { StepUpProvider } from './step-up';

const route = getRouteApi('/enrol');

/** The account asks for a second factor and there is none yet: this page leads to one, and nowhere else. */
export function EnrolPage() {
  return (
    <StepUpProvider>
      <Enrol />
    </StepUpProvider>
  );
}

function Enrol() {
  const { t } = useTranslation();
  const { to } = route.useSearch();
  const navigate = useNavigate();
  const signedIn = useSignedIn(to);
  const [withPasskey, setWithPasskey] = useState(false);
  const [codes, setCodes] = useState<RecoveryCodes['recoveryCodes']>(null);
  const goOn = useMutation({ mutationFn: () => api.me(), onSuccess: signedIn });
  const leave = useMutation({ mutationFn: api.logout, onSettled: () => navigate({ to: '/login', replace: true }) });

  const done = (made: RecoveryCodes['recoveryCodes']) => (made ? setCodes(made) : goOn.mutate());

  if (codes) {
    return (
      <FrontPage title={t('enrol.codesTitle')} intro={t('enrol.codesIntro')}>
        <div style={{ marginTop: 24 }}>
          <KeepCodes codes={codes} onKept={() => goOn.mutate()} />
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {goOn.isError && failureText(t, goOn.error)}
          </Text>
        </div>
      </FrontPage>
    );
  }
  return (
    <FrontPage
      title={t('enrol.title')}
      intro={t(withPasskey ? 'enrol.passkeyForced' : 'enrol.forced')}
      foot={
        <Group justify="space-between">
          {passkeysWork && (
            <Anchor component="button" type="button" size="sm" onClick={() => setWithPasskey(!withPasskey)}>
              {t(withPasskey ? 'enrol.appInstead' : 'enrol.passkeyInstead')}
            </Anchor>
          )}
          <Anchor component="button" type="button" size="sm" onClick={() => leave.mutate()}>
            {t('nav.logout')}
          </Anchor>
        </Group>
      }
    >
      <div style={{ marginTop: 24 }}>{withPasskey ? <EnrolPasskey onDone={done} /> : <EnrolTotp onDone={done} />}</div>
    </FrontPage>
  );
}
