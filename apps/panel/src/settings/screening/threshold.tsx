import { Alert, Button, Slider, Switch, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { THRESHOLDS, type ScreeningSettings } from '@sotto/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { showUndo } from '../../inbox/undo-toast';
import { queries } from '../../session/session';
import { useStepUp } from '../../session/step-up';
import { failureText } from '../../words/failure';
import { useNumber } from '../../words/number';
import { Group, PageFailure, PageSkeleton, SaveBar } from '../parts';
import { pointAt, trustOf } from './curve';
import { thresholdQuery } from './queries';
import classes from './screening.module.css';
import { ThresholdCurve } from './threshold-curve';

export function Threshold() {
  const settings = useQuery({ ...thresholdQuery, refetchOnWindowFocus: false });
  if (settings.isPending) return <PageSkeleton />;
  if (!settings.data) return <PageFailure error={settings.error} onRetry={() => void settings.refetch()} />;
  return <ThresholdForm settings={settings.data} />;
}

const onStep = (value: number) =>
  Math.max(THRESHOLDS.least, Math.min(THRESHOLDS.most, Math.round(value / THRESHOLDS.step) * THRESHOLDS.step));

function ThresholdForm({ settings }: { settings: ScreeningSettings }) {
  const { t } = useTranslation();
  const format = useNumber();
  const [chosen, setChosen] = useState(settings.threshold);
  const save = useSaving(setChosen);
  const shown = chosen ?? settings.automatic;
  return (
    <div className={classes.plain}>
      <Group title={t('filter.threshold.title')} hint={t('filter.threshold.hint')}>
        <Switch
          label={t('filter.threshold.automatic')}
          description={t('filter.threshold.automaticHint', { value: format(settings.automatic) })}
          checked={chosen === null}
          onChange={(event) => setChosen(event.currentTarget.checked ? null : onStep(settings.effective))}
        />
        <div className={classes.choice}>
          <Forecast settings={settings} threshold={shown} />
          <Slider
            min={THRESHOLDS.least}
            max={THRESHOLDS.most}
            step={THRESHOLDS.step}
            value={onStep(shown)}
            color={chosen === null ? 'gray' : undefined}
            onChange={setChosen}
            label={format}
            thumbLabel={t('filter.threshold.label')}
            thumbProps={{ 'aria-valuetext': t('filter.threshold.own', { value: format(shown) }) }}
          />
          <div className={classes.ends}>
            <span>{t('filter.threshold.strict')}</span>
            <span>{t('filter.threshold.cautious')}</span>
          </div>
          <Consequence settings={settings} threshold={shown} />
        </div>
        {chosen !== settings.threshold && (
          <SaveBar words={t('admin.unsaved')}>
            <Button variant="default" onClick={() => setChosen(settings.threshold)}>
              {t('admin.discard')}
            </Button>
            <Button loading={save.isPending} onClick={() => save.mutate({ to: chosen, from: settings.threshold })}>
              {t('common.save')}
            </Button>
          </SaveBar>
        )}
      </Group>
    </div>
  );
}

/** Saves a threshold, with the way back to the one before. */
function useSaving(onSaved: (threshold: number | null) => void) {
  const { t } = useTranslation();
  const format = useNumber();
  const confirmed = useStepUp();
  const save = useMutation({
    mutationFn: ({ to }: { to: number | null; from?: number | null }) => confirmed(() => api.setThreshold(to)),
    onSuccess: (settings, { from }) => {
      queries.setQueryData(thresholdQuery.queryKey, settings);
      onSaved(settings.threshold);
      showUndo(t, {
        id: 'threshold',
        words: t('filter.threshold.saved', { value: format(settings.effective) }),
        onUndo: from === undefined ? undefined : () => save.mutate({ to: from }),
      });
    },
    onError: (error) => notifications.show({ color: 'red', message: failureText(t, error) }),
  });
  return save;
}

/** What thresholds would have done, as a picture that stands on the slider. */
function Forecast({ settings: { curve }, threshold }: { settings: ScreeningSettings; threshold: number }) {
  const { t } = useTranslation();
  if (trustOf(curve) !== 'none') return <ThresholdCurve curve={curve} threshold={threshold} />;
  return (
    <Alert color="gray" title={t('filter.threshold.fewTitle')} mb="lg">
      {t('filter.threshold.few', { spam: curve.spam, ham: curve.ham })}
    </Alert>
  );
}

/** What this threshold would have done to what was taught. */
function Consequence({ settings: { curve }, threshold }: { settings: ScreeningSettings; threshold: number }) {
  const { t } = useTranslation();
  const trust = trustOf(curve);
  const point = pointAt(curve.points, threshold);
  if (trust === 'none' || !point) return null;
  return (
    <>
      <Text fw={550} role="status" mt="md">
        {t('filter.threshold.consequence', { spam: curve.spam, caught: point.caught, ham: curve.ham, wrong: point.wronglyQuarantined })}
      </Text>
      <Text size="xs" c="dimmed">
        {t('filter.threshold.past')} {trust === 'hint' && t('filter.threshold.someHint')}
      </Text>
    </>
  );
}
