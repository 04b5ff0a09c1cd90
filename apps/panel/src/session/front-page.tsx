import { Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { Brand } from '../shell/brand';
import classes from './front-page.module.css';

/** The calm page before the panel: set-up and sign-in. */
export function FrontPage({ title, intro, children, foot }: { title: string; intro?: string; children: ReactNode; foot?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Sotto`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Brand className={classes.mark} />
          Sotto
        </div>
        <Title order={1} className={classes.title}>
          {title}
        </Title>
        {intro && (
          <Text c="dimmed" mt={6}>
            {intro}
          </Text>
        )}
        {children}
        {foot && <div className={classes.foot}>{foot}</div>}
      </div>
    </main>
  );
}
