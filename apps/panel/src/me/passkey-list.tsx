import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { SecondFactorState } from '@sotto/protocol';
import { IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { passkeysWork } from '../session/passkeys';
import { useStepUp } from '../session/step-up';
import { ago, dateOf, useNow } from '../words/time';
import { AddPasskey } from './add-passkey';
import { AskFirst } from './ask-first';
import classes from './me.module.css';
import { refreshSecurity } from './queries';

type Passkey = SecondFactorState['passkeys'][number];

export function PasskeyList({ passkeys }: { passkeys: readonly Passkey[] }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const [adding, add] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Passkey | null>(null);
  return (
    <>
      {passkeys.length > 0 && (
        <ul className={classes.rows} aria-label={t('me.passkeys')}>
          {passkeys.map((passkey) => (
            <Row key={passkey.id} passkey={passkey} onRemove={() => setLeaving(passkey)} />
          ))}
        </ul>
      )}
      {passkeysWork ? (
        <Button size="xs" variant="default" mt={passkeys.length > 0 ? 'sm' : 0} onClick={add.open}>
          {t('me.passkeyAdd')}
        </Button>
      ) : (
        <Text size="sm" c="dimmed">
          {t('me.passkeysNot')}
        </Text>
      )}
      {adding && <AddPasskey taken={passkeys.map(({ name }) => name)} onClose={add.close} />}
      {leaving && (
        <AskFirst
          title={t('me.passkeyRemoveTitle', { name: leaving.name })}
          act={t('me.passkeyRemove')}
          onAct={async () => {
            await confirmed(() => api.removePasskey(leaving.id));
            await refreshSecurity();
          }}
          onClose={() => setLeaving(null)}
        >
          {t('me.passkeyRemoveHint')}
        </AskFirst>
      )}
    </>
  );
}

function Row({ passkey: { name, createdAt, lastUsedAt }, onRemove }: { passkey: Passkey; onRemove: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const used = lastUsedAt ? t('me.lastUsed', { time: ago(lastUsedAt, now, i18n.language) }) : t('me.neverUsed');
  return (
    <li className={classes.row}>
      <IconFingerprint size={22} stroke={1.5} className={classes.icon} aria-hidden />
      <div className={classes.what} style={{ flex: 1 }}>
        <Text>{name}</Text>
        <Text size="sm" c="dimmed">
          {t('me.passkeyAdded', { date: dateOf(createdAt, i18n.language) })}, {used}
        </Text>
      </div>
      <Button size="xs" variant="subtle" color="gray" onClick={onRemove} aria-label={t('me.passkeyRemoveNamed', { name })}>
        {t('me.remove')}
      </Button>
    </li>
  );
}
