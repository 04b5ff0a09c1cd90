import { Button, Title } from '@mantine/core';
import type { ConversationView } from '@sotto/protocol';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import panelClasses from './contact-panel.module.css';
import { decision, useExplanation } from './why';
import { WhyDetails } from './why-details';

/** What the filter makes of any conversation, when somebody asks. */
export function WhySection({ conversation }: { conversation: ConversationView }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const why = useExplanation(conversation, opened);
  const details = useId();
  return (
    <section className={panelClasses.section}>
      <Title order={4} fw={550} mb={4}>
        {t('why.title')}
      </Title>
      <p className={panelClasses.plain}>{decision(t, conversation, why.data)}</p>
      <Button
        size="compact-sm"
        variant="subtle"
        mt={4}
        ml={-8}
        aria-expanded={opened}
        aria-controls={details}
        onClick={() => setOpened(!opened)}
      >
        {t(opened ? 'why.hide' : 'why.show')}
      </Button>
      <div id={details} hidden={!opened}>
        {opened && <WhyDetails why={why} pointed={false} />}
      </div>
    </section>
  );
}
