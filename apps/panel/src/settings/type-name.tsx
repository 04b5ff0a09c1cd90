import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureText } from '../words/failure';

/** Asks before what cannot be undone: the name has to be typed. */
export function TypeName({
  title,
  name,
  act,
  onAct,
  onClose,
  children,
}: {
  title: string;
  name: string;
  /** Words on the button. */
  act: string;
  onAct: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const fits = typed.trim().toLowerCase() === name.trim().toLowerCase();
  const submit = async () => {
    if (!fits) return;
    setBusy(true);
    setError(null);
    try {
      await onAct();
      onClose();
    } catch (reason) {
      setError(failureText(t, reason));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{children}</Text>
          <TextInput
            label={t('admin.typeName', { name })}
            data-autofocus
            autoComplete="off"
            value={typed}
            error={error}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!fits} loading={busy}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
