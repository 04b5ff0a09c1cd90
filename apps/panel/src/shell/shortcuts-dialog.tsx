import { Kbd, Modal, Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './shortcuts-dialog.module.css';

const SECTIONS = [
  {
    title: 'keys.sectionList',
    rows: [
      { keys: ['j', 'k'], words: 'keys.move' },
      { keys: ['Enter'], words: 'keys.open' },
      { keys: ['x'], words: 'keys.select' },
      { keys: ['Esc'], words: 'keys.back' },
    ],
  },
  {
    title: 'keys.sectionConversation',
    rows: [
      { keys: ['r'], words: 'keys.reply' },
      { keys: ['n'], words: 'keys.note' },
      { keys: ['a'], words: 'keys.assign' },
      { keys: ['e'], words: 'keys.resolve' },
      { keys: ['!'], words: 'keys.spam' },
      { keys: ['h'], words: 'keys.notSpam' },
    ],
  },
  {
    title: 'keys.sectionGo',
    rows: [
      { keys: ['mod', 'K'], words: 'keys.palette' },
      { keys: ['g', 'o'], then: true, words: 'keys.goOpen' },
      { keys: ['g', 'm'], then: true, words: 'keys.goMine' },
      { keys: ['g', 'u'], then: true, words: 'keys.goUnassigned' },
      { keys: ['g', 'r'], then: true, words: 'keys.goResolved' },
      { keys: ['g', '!'], then: true, words: 'keys.goSpam' },
      { keys: ['g', 's'], then: true, words: 'keys.goSettings' },
      { keys: ['?'], words: 'keys.help' },
    ],
  },
] as const;

const apple = /mac|iphone|ipad/i.test(navigator.userAgent);
export const MOD = apple ? '⌘' : 'Ctrl';

export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('keys.title')} size="md" closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Text size="sm" c="dimmed" mb="md">
        {t('keys.intro')}
      </Text>
      {SECTIONS.map((section) => (
        <section key={section.title} className={classes.section}>
          <h3 className={classes.title}>{t(section.title)}</h3>
          <dl className={classes.rows}>
            {section.rows.map((row) => (
              <div key={row.words} className={classes.row}>
                <dt>{t(row.words)}</dt>
                <dd className={classes.keys}>
                  {row.keys.map((key, at) => (
                    <Fragment key={key}>
                      {at > 0 && 'then' in row && <span className={classes.then}>{t('keys.then')}</span>}
                      <Kbd size="sm">{key === 'mod' ? MOD : key}</Kbd>
                    </Fragment>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
