import { Loader, Modal, Text } from '@mantine/core';
import { ApiError } from '@sotto/client';
import { useQuery } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { failureText } from '../words/failure';
import { answerWithPasskey } from './passkeys';
import { ProofForm } from './proof-form';

/** Makes a call; where the server first wants to know who is there, asks that and makes it again. */
export type Confirmed = <T>(call: () => Promise<T>) => Promise<T>;

const StepUpContext = createContext<Confirmed>((call) => call());

/**
 * For acts that need a fresh proof: `const confirmed = useStepUp()`, then `confirmed(() => api.thatAct())`. Somebody who
 * closes the dialog gets the server's own `step-up.required`, which `failureText` puts into words.
 */
export const useStepUp = (): Confirmed => use(StepUpContext);

const needsProof = (error: unknown) => error instanceof ApiError && error.code === 'step-up.required';

/** Holds the dialog, once for the whole panel. */
export function StepUpProvider({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState(false);
  // Several calls refused at once wait for the same answer.
  const waiting = useRef<((proven: boolean) => void)[]>([]);

  const settle = useCallback((proven: boolean) => {
    setAsking(false);
    for (const done of waiting.current.splice(0)) done(proven);
  }, []);
  useEffect(() => () => settle(false), [settle]);
  const confirmed = useCallback<Confirmed>(async (call) => {
    try {
      return await call();
    } catch (error) {
      if (!needsProof(error)) throw error;
      const proven = await new Promise<boolean>((resolve) => {
        waiting.current.push(resolve);
        setAsking(true);
      });
      if (!proven) throw error;
      return call();
    }
  }, []);

  return (
    <StepUpContext value={confirmed}>
      {children}
      <StepUpDialog opened={asking} onProven={() => settle(true)} onCancel={() => settle(false)} />
    </StepUpContext>
  );
}

function StepUpDialog({ opened, onProven, onCancel }: { opened: boolean; onProven: () => void; onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onCancel}
      title={t('stepUp.title')}
      size={420}
      // Over whatever dialog the act was chosen in.
      zIndex={300}
      closeButtonProps={{ 'aria-label': t('common.close'), 'data-mantine-stop-propagation': 'true' } as object}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        onCancel();
      }}
      closeOnEscape={false}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('stepUp.intro')}
      </Text>
      <Ask onProven={onProven} onCancel={onCancel} />
    </Modal>
  );
}

function Ask({ onProven, onCancel }: { onProven: () => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const state = useQuery({ queryKey: ['step-up'], queryFn: ({ signal }) => api.stepUpState(signal), gcTime: 0, staleTime: 0 });
  if (state.isPending) return <Loader size="sm" aria-label={t('common.loading')} />;
  if (!state.data) return <Text role="alert">{failureText(t, state.error)}</Text>;
  return (
    <ProofForm
      ways={state.data.methods}
      submit={t('stepUp.submit')}
      onCode={(code) => api.stepUp({ code }).then(onProven)}
      onPassword={(password) => api.stepUp({ password }).then(onProven)}
      onPasskey={async () => {
        const answer = await answerWithPasskey(await api.askPasskeyToStepUp());
        await api.stepUpWithPasskey(answer).then(onProven);
      }}
      onCancel={onCancel}
    />
  );
}
