import { Anchor, Text } from '@mantine/core';
import { ApiError } from '@sotto/client';
import type { LoginAnswer, SecondFactor } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { FrontPage } from './front-page';
import { answerWithPasskey } from './passkeys';
import { ProofForm } from './proof-form';
import { queries, signInStateQuery, type EndReason } from './session';
import { useSignedIn } from './signed-in';

const route = getRouteApi('/login');

/** The password was right; the second factor is asked for. */
export function SecondStep({ ways }: { ways: readonly SecondFactor[] }) {
  const { t } = useTranslation();
  const { to } = route.useSearch();
  const navigate = useNavigate();
  const signedIn = useSignedIn(to);
  const startOver = (reason?: EndReason) => {
    queries.setQueryData(signInStateQuery.queryKey, { stage: null, secondFactor: [] });
    void navigate({ to: '/login', search: { to, reason }, replace: true });
  };
  const leave = useMutation({ mutationFn: api.logout, onSettled: () => startOver() });
  const go = async (answer: Promise<LoginAnswer>) => {
    try {
      await signedIn(await answer);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      // Too many wrong codes or too long a wait: the first half counts no longer.
      if (code === 'auth.required') startOver('unfinished');
      else if (code === 'address.refused') startOver('address-refused');
      else throw error;
    }
  };
  return (
    <FrontPage
      title={t('login.secondTitle')}
      foot={
        <Text size="sm">
          <Anchor component="button" type="button" size="sm" onClick={() => leave.mutate()}>
            {t('login.startOver')}
          </Anchor>
        </Text>
      }
    >
      <div style={{ marginTop: 24 }}>
        <ProofForm
          ways={ways}
          submit={t('login.submit')}
          onCode={(code) => go(api.answerSecondFactor(code))}
          onPasskey={async () => {
            const answer = await answerWithPasskey(await api.askPasskeyToSignIn());
            await go(api.signInWithPasskey(answer));
          }}
        />
      </div>
    </FrontPage>
  );
}
