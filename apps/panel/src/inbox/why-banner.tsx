import { Button, Skeleton } from '@mantine/core';
import type { ConversationView, MemberVerdict, ScreeningExplanation } from '@sotto/protocol';
import { IconAlertOctagon, IconHelpOctagon } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonText, towards } from '../words/reasons';
import { localeOf } from '../words/time';
import { decision } from './why';
import { WhyDetails } from './why-details';
import classes from './why.module.css';

/** As many reasons as one reads at a glance. */
const AT_A_GLANCE = 3;

/** Above what is held back or doubtful: who decided, and the strongest reasons. */
export function WhyBanner({
  conversation,
  why,
  onVerdict,
}: {
  conversation: ConversationView;
  why: UseQueryResult<ScreeningExplanation>;
  /** Set where the head has no room for the buttons. */
  onVerdict: ((verdict: MemberVerdict) => void) | undefined;
}) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const details = useId();
  const held = conversation.status === 'spam';
  const BannerIcon = held ? IconAlertOctagon : IconHelpOctagon;
  return (
    <section className={classes.banner} aria-label={t('why.title')}>
      <div className={classes.said}>
        <BannerIcon size={18} stroke={1.7} aria-hidden className={classes.icon} />
        <div className={classes.words}>
          <p className={classes.sentence}>
            {decision(t, conversation, why.data)} <Strongest why={why} />
          </p>
        </div>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-expanded={opened}
          aria-controls={details}
          onClick={() => setOpened(!opened)}
          flex="none"
        >
          {t(opened ? 'why.hide' : 'why.show')}
        </Button>
      </div>
      {onVerdict && (
        <div className={classes.buttons}>
          <Button size="xs" variant="default" onClick={() => onVerdict('ham')}>
            {t('screening.notSpam')}
          </Button>
          {conversation.screening?.by !== 'member' && (
            <Button size="xs" variant="default" onClick={() => onVerdict('spam')}>
              {t('screening.spam')}
            </Button>
          )}
        </div>
      )}
      <div id={details} hidden={!opened} className={classes.details}>
        {opened && <WhyDetails why={why} pointed />}
      </div>
    </section>
  );
}

function Strongest({ why }: { why: UseQueryResult<ScreeningExplanation> }) {
  const { t, i18n } = useTranslation();
  if (why.isPending)
    return <Skeleton component="span" display="inline-block" height={9} width={150} radius="sm" aria-label={t('why.loading')} />;
  const spam = why.data?.reasons.filter((reason) => towards(reason) === 'spam').slice(0, AT_A_GLANCE) ?? [];
  if (spam.length === 0) return null;
  const list = new Intl.ListFormat(localeOf(i18n.language), { type: 'conjunction' }).format(
    spam.map((reason) => reasonText(t, reason, i18n.language)),
  );
  return <span className={classes.strongest}>{t('why.strongest', { list })}</span>;
}
