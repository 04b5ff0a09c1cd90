import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './screening.module.css';

/** What a list is about, and what can be added to it or chosen from it. */
export function SectionHead({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <div className={classes.sectionHead}>
      <div>
        <Title order={2} fz="md">
          {title}
        </Title>
        <Text size="sm" c="dimmed" mt={4} maw={560}>
          {hint}
        </Text>
      </div>
      {children}
    </div>
  );
}
