import { Badge, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { EnrolTotp } from '../session/enrol-totp';
import { useStepUp } from '../session/step-up';
import { AskFirst } from './ask-first';
import { CodesDialog } from './codes-dialog';
import classes from './me.module.css';
import { refreshSecurity } from './queries';

/** The authenticator app: set up, or turned off. */
export function Authenticator({ on }: { on: boolean }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [setting, setUp] = useDisclosure(false);
  const [turningOff, turnOff] = useDisclosure(false);
  return (
    <>
      <div className={classes.row}>
        <Badge color={on ? 'pine' : 'gray'} variant="light" size="lg">
          {t(on ? 'me.on' : 'me.off')}
        </Badge>
        {on ? (
          <Button size="xs" variant="default" onClick={turnOff.open}>
            {t('me.appOff')}
          </Button>
        ) : (
          <Button size="xs" onClick={setUp.open}>
            {t('me.appOn')}
          </Button>
        )}
      </div>
      {setting && <SetUp onClose={setUp.close} />}
      {turningOff && (
        <AskFirst
          title={t('me.appOffTitle')}
          act={t('me.appOff')}
          onAct={async () => {
            await confirmed(() => api.removeTotp());
            await refreshSecurity();
          }}
          onClose={turnOff.close}
        >
          {t('me.appOffHint')}
        </AskFirst>
      )}
    </>
  );
}

function SetUp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <CodesDialog title={t('enrol.title')} codes={codes} onClose={onClose}>
      <EnrolTotp
        onDone={(made) => {
          void refreshSecurity();
          if (made) setCodes(made);
          else onClose();
        }}
      />
    </CodesDialog>
  );
}
