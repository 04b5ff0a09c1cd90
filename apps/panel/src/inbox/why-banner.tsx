import { Button, Skeleton } from '@mantine/core';
import type { ConversationView, ScreeningExplanation } from '@sotto/protocol';
import { IconAlertOctagon, IconHelpOctagon } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { atAGlance, reasonText, towards } from '../words/reasons';
import { localeOf } from '../words/time';
import { VerdictButtons, type Judge } from './verdict-buttons';
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
  onVerdict: Judge | undefined;
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
            {!held && <strong>{t('screening.perhaps')}. </strong>}
            {decision(t, conversation, why.data)} {conversation.screening?.by === 'filter' && <Strongest why={why} />}
          </p>
        </div>
        <div className={classes.actions}>
          <Button size="compact-sm" variant="subtle" aria-expanded={opened} aria-controls={details} onClick={() => setOpened(!opened)}>
            {t(opened ? 'why.hide' : 'why.show')}
          </Button>
          {onVerdict && <VerdictButtons conversation={conversation} onVerdict={onVerdict} />}
        </div>
      </div>
      <div id={details} hidden={!opened} className={classes.details}>
        {opened && <WhyDetails why={why} pointed />}
      </div>
    </section>
  );
}

/** The filter's own reasons: why a member said so, nobody knows. */
function Strongest({ why }: { why: UseQueryResult<ScreeningExplanation> }) {
  const { t, i18n } = useTranslation();
  if (why.isPending)
    return (
      <Skeleton component="span" display="inline-block" height={9} width={150} radius="sm" role="status" aria-label={t('why.loading')} />
    );
  const spam = atAGlance(why.data?.reasons.filter((reason) => towards(reason) === 'spam') ?? [], AT_A_GLANCE);
  if (spam.length === 0) return null;
  const list = new Intl.ListFormat(localeOf(i18n.language), { type: 'conjunction' }).format(
    spam.map((reason) => reasonText(t, reason, i18n.language)),
  );
  return <span className={classes.strongest}>{t('why.strongest', { list })}</span>;
}
