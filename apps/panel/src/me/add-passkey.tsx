import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EnrolPasskey } from '../session/enrol-passkey';
import { CodesDialog } from './codes-dialog';
import { refreshSecurity } from './queries';

export function AddPasskey({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <CodesDialog title={t('me.passkeyAdd')} codes={codes} onClose={onClose}>
      <EnrolPasskey
        taken={taken}
        onCancel={onClose}
        onDone={(made) => {
          void refreshSecurity();
          if (made) setCodes(made);
          else onClose();
        }}
      />
    </CodesDialog>
  );
}
