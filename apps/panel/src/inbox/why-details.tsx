import { Button, Skeleton, Stack, Text } from '@mantine/core';
import type { ScreeningExplanation, ScreeningReason } from '@sotto/protocol';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';
import { certaintyOf, reasonText, towards } from '../words/reasons';
import { useNumber } from '../words/number';
import classes from './why.module.css';

type Now = NonNullable<ScreeningExplanation['now']>;

/** The reasons for a verdict, in words; numbers for those who want them. */
export function WhyDetails({ why, pointed }: { why: UseQueryResult<ScreeningExplanation>; pointed: boolean }) {
  const { t } = useTranslation();
  const [numbers, setNumbers] = useState(false);
  const format = useNumber();
  if (why.isPending) return <Skeleton height={64} radius="md" role="status" aria-label={t('why.loading')} />;
  if (why.isError) {
    return (
      <div className={classes.failed} role="alert">
        <Text size="sm">{failureText(t, why.error)}</Text>
        <Button size="compact-xs" variant="default" onClick={() => void why.refetch()}>
          {t('common.retry')}
        </Button>
      </div>
    );
  }
  const { now, first, reasons, lessons } = why.data;
  const marked = pointed && reasons.some(({ spans }) => spans.length > 0);
  return (
    <Stack gap="sm">
      {now && reasons.length > 0 && <Certainty now={now} since={first?.by === 'filter' && first.verdict !== now.verdict} />}
      {reasons.length === 0 ? <Text size="sm">{t('why.tooLittle')}</Text> : <Reasons reasons={reasons} numbers={numbers} />}
      {marked && (
        <Text size="xs" c="dimmed">
          {t('why.inMessage')}
        </Text>
      )}
      {lessons.length > 0 && (
        <div>
          <Text className={classes.label}>{t('why.lessons')}</Text>
          {lessons.map(({ id, verdict, member, state }) => (
            <Text key={id} size="sm">
              {t(verdict === 'spam' ? 'why.lessonSpam' : 'why.lessonHam', { name: member.name || t('why.somebody') })}
              {state !== 'learned' && ` (${t(`filter.lessons.state.${state}`)})`}
            </Text>
          ))}
        </div>
      )}
      {now && numbers && (
        <Text size="xs" c="dimmed">
          {t('why.score', { score: format(now.score), threshold: format(now.threshold) })}
          {first && first.score !== null && first.threshold !== null && (
            <> {t('why.firstScore', { score: format(first.score), threshold: format(first.threshold) })}</>
          )}
        </Text>
      )}
      {now && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          className={classes.numbers}
          aria-expanded={numbers}
          onClick={() => setNumbers(!numbers)}
        >
          {t(numbers ? 'why.hideNumbers' : 'why.numbers')}
        </Button>
      )}
    </Stack>
  );
}

/** Scores beyond this stand at the end of the meter. */
const END = 12;
const placeOf = (score: number) => `${((Math.max(-END, Math.min(END, score)) + END) / (2 * END)) * 100}%`;

function Certainty({ now, since }: { now: Now; since: boolean }) {
  const { t } = useTranslation();
  return (
    <div>
      {since && (
        <Text size="sm" c="dimmed">
          {t('why.since')}
        </Text>
      )}
      <Text size="sm" fw={550}>
        {t(`why.sure.${certaintyOf(now)}`)}
      </Text>
      <div className={classes.meter} aria-hidden="true">
        <span className={classes.held} style={{ left: placeOf(now.threshold) }} />
        <span className={classes.needle} style={{ left: placeOf(now.score) }} />
      </div>
      <div className={classes.ends} aria-hidden="true">
        <span>{t('screening.notSpam')}</span>
        <span>{t('screening.spam')}</span>
      </div>
    </div>
  );
}

function Reasons({ reasons, numbers }: { reasons: readonly ScreeningReason[]; numbers: boolean }) {
  const { t, i18n } = useTranslation();
  const format = useNumber();
  const id = useId();
  return (
    <div className={classes.sides}>
      {(['spam', 'ham'] as const).map((side) => {
        const shown = reasons.filter((reason) => towards(reason) === side);
        if (shown.length === 0) return null;
        const SideIcon = side === 'spam' ? IconPlus : IconMinus;
        return (
          <div key={side}>
            <p className={classes.label} id={`${id}${side}`}>
              {t(side === 'spam' ? 'why.towardsSpam' : 'why.towardsHam')}
            </p>
            <ul className={classes.reasons} aria-labelledby={`${id}${side}`}>
              {shown.map((reason) => (
                <li key={`${reason.kind} ${reason.text}`} data-towards={side}>
                  <SideIcon size={13} stroke={2.2} aria-hidden />
                  <span>{reasonText(t, reason, i18n.language)}</span>
                  {numbers && <span className={classes.weight}>{format(reason.weight)}</span>}
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
