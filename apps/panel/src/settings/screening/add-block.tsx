import { Button, Group as Row, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import type { BlockKind } from '@sotto/protocol';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api';
import { queries } from '../../session/session';
import { useStepUp } from '../../session/step-up';
import { lineCheck } from '../../words/checks';
import { failureText, fieldErrors } from '../../words/failure';
import { BlockTerm, daysOf, type Term } from './block-term';
import { blocksQuery } from './queries';

const KINDS = ['address', 'domain', 'ip'] as const;

export function AddBlock({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const confirmed = useStepUp();
  const form = useForm({
    initialValues: { kind: 'address' as BlockKind, value: '', reason: '', term: '365' as Term },
    validate: { value: lineCheck(t, 254), reason: lineCheck(t, 200) },
  });
  const { kind, term } = form.values;
  const add = useMutation({
    mutationFn: ({ value, reason }: typeof form.values) =>
      confirmed(() => api.block({ kind, value: value.trim(), reason: reason.trim(), days: daysOf(term) })),
    onSuccess: () => {
      notifications.show({ message: t('filter.blocks.added') });
      void queries.invalidateQueries({ queryKey: blocksQuery.queryKey });
      onClose();
    },
    onError: (error) => {
      const fields = fieldErrors(error);
      form.setErrors(Object.keys(fields).length > 0 ? fields : { value: failureText(t, error) });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('filter.blocks.add')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form noValidate onSubmit={form.onSubmit((values) => add.mutate(values))}>
        <Stack gap="md">
          <div>
            <Text size="sm" fw={500} mb={4} id="block-kind">
              {t('filter.blocks.kind')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="block-kind"
              data={KINDS.map((one) => ({ value: one, label: t(`filter.blocks.kinds.${one}`) }))}
              {...form.getInputProps('kind')}
            />
          </div>
          <TextInput
            label={t(`filter.blocks.value.${kind}`)}
            placeholder={t(`filter.blocks.example.${kind}`)}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('value')}
          />
          <TextInput
            label={t('blocking.reason')}
            description={t('blocking.reasonHint')}
            placeholder={t('blocking.reasonPlaceholder')}
            {...form.getInputProps('reason')}
          />
          <BlockTerm value={term} onChange={(next) => form.setFieldValue('term', next)} />
          <Row justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t('blocking.submit')}
            </Button>
          </Row>
        </Stack>
      </form>
    </Modal>
  );
}
