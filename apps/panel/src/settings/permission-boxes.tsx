import { Checkbox, Fieldset, Stack } from '@mantine/core';
import type { Permission } from '@sotto/protocol';
import { useTranslation } from 'react-i18next';
import { useMe } from '../session/session';
import { GROUPS } from './permission-groups';

/** Boxes to tick, in groups. What oneself lacks cannot be given. */
export function PermissionBoxes({
  offered,
  value,
  onChange,
}: {
  offered: readonly Permission[];
  value: readonly Permission[];
  onChange: (value: Permission[]) => void;
}) {
  const { t } = useTranslation();
  const mine = new Set(useMe().permissions);
  const toggle = (permission: Permission, on: boolean) =>
    onChange(on ? [...value, permission] : value.filter((other) => other !== permission));
  return (
    <Stack gap="sm">
      {GROUPS.map(([group, permissions]) => {
        const shown = permissions.filter((permission) => offered.includes(permission));
        if (shown.length === 0) return null;
        return (
          <Fieldset key={group} legend={t(`permissions.${group}`)} variant="default" px="sm" py="xs">
            <Stack gap={8}>
              {shown.map((permission) => (
                <Checkbox
                  key={permission}
                  size="sm"
                  label={t(`permissions.${permission}`)}
                  description={mine.has(permission) ? undefined : t('rolesPage.lacking')}
                  disabled={!mine.has(permission)}
                  checked={value.includes(permission)}
                  onChange={(event) => toggle(permission, event.currentTarget.checked)}
                />
              ))}
            </Stack>
          </Fieldset>
        );
      })}
    </Stack>
  );
}
