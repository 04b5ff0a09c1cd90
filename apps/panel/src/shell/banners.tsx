import { Button } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../session/session';
import { moment } from '../words/time';
import classes from './frame.module.css';

const OwnershipDialog = lazy(async () => ({ default: (await import('../me/ownership-dialog')).OwnershipDialog }));

/** What a member should not miss, above every page until it is done. */
export function Banners() {
  const { t, i18n } = useTranslation();
  const { twoFactor, ownershipOffer, account } = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [opened, setOpened] = useState(false);
  if (!twoFactor.graceUntil && !ownershipOffer) return null;
  return (
    <section aria-label={t('banner.label')}>
      {twoFactor.graceUntil && (
        <Banner words={t('banner.grace', { until: moment(twoFactor.graceUntil, i18n.language) })}>
          {path !== '/me/security' && (
            <Button component={Link} to="/me/security" size="compact-sm" variant="default">
              {t('banner.graceButton')}
            </Button>
          )}
        </Banner>
      )}
      {ownershipOffer && (
        <Banner
          words={t('banner.ownership', {
            from: ownershipOffer.from,
            account: account.name,
            until: moment(ownershipOffer.expiresAt, i18n.language),
          })}
        >
          <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
            {t('banner.ownershipButton')}
          </Button>
        </Banner>
      )}
      {ownershipOffer && opened && (
        <Suspense>
          <OwnershipDialog from={ownershipOffer.from} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </section>
  );
}

function Banner({ words, children }: { words: string; children?: ReactNode }) {
  return (
    <div className={classes.banner}>
      <span>{words}</span>
      {children}
    </div>
  );
}
