import { Alert, Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { FrontPage } from './front-page';

/** A mailed link that cannot be used any more, and how to get another. */
export function LinkInvalid({ kind }: { kind: 'reset' | 'join' }) {
  const { t } = useTranslation();
  return (
    <FrontPage title={t('link.title')}>
      <Alert variant="light" color="gray" mt="lg" mb="md">
        {t(kind === 'reset' ? 'link.reset' : 'link.join')}
      </Alert>
      {kind === 'reset' ? (
        <Button component={Link} to="/forgot" fullWidth size="md">
          {t('link.again')}
        </Button>
      ) : (
        <Button component={Link} to="/login" fullWidth size="md" variant="default">
          {t('reset.toLogin')}
        </Button>
      )}
    </FrontPage>
  );
}
