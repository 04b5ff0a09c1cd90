import { Avatar, Menu, Text, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { chooseLanguage, PANEL_LANGUAGES, type PanelLanguage } from '../i18n';
import { refreshMe } from '../me/queries';
import { endSession, renewing, useMe } from '../session/session';
import { failureText } from '../words/failure';
import classes from './nav.module.css';
import { useShell } from './shell-context';

export const THEMES = [
  { value: 'auto', words: 'nav.themeAuto', icon: IconDeviceDesktop },
  { value: 'light', words: 'nav.themeLight', icon: IconSun },
  { value: 'dark', words: 'nav.themeDark', icon: IconMoon },
] as const satisfies readonly { value: MantineColorScheme; words: string; icon: unknown }[];

const OWN_NAMES = { en: 'English', de: 'Deutsch' } as const;

export function PersonMenu({ compact }: { compact: boolean }) {
  const { t, i18n } = useTranslation();
  const { member } = useMe();
  const { openShortcuts } = useShell();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const logout = useMutation({
    // The socket hears of it first.
    mutationFn: () => renewing(api.logout),
    onSuccess: () => endSession('logged-out'),
    onError: (error) => notifications.show({ message: failureText(t, error) }),
  });
  const speak = (language: PanelLanguage) => {
    chooseLanguage(language);
    // Mails are written in it, too. What the panel shows does not wait for that.
    void api.updateProfile({ language }).then(refreshMe, () => undefined);
  };
  return (
    <Menu
      position={compact ? 'right-end' : 'top-start'}
      width={232}
      returnFocus
      withInitialFocusPlaceholder={false}
      checkIcon={<IconCheck size={15} aria-hidden />}
    >
      <Menu.Target>
        <button type="button" className={classes.person} aria-label={`${t('nav.account')}: ${member.name}`}>
          <Avatar src={member.avatar && `/api/v1${member.avatar}`} name={member.name} size={30} color="pine" alt="" />
          {!compact && (
            <span className={classes.names}>
              <Text component="div" size="sm" fw={550}>
                {member.name}
              </Text>
              <Text component="div" size="xs" c="dimmed">
                {member.customRole?.name ?? t(`roles.${member.role}`)}
              </Text>
            </span>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/me" data-autofocus leftSection={<IconUserCircle size={16} stroke={1.7} />}>
          {t('nav.me')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('nav.theme')}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {THEMES.map(({ value, words, icon: ThemeIcon }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<ThemeIcon size={16} stroke={1.7} aria-hidden />}>
              {t(words)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('nav.language')}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(value) => speak(value as PanelLanguage)}>
          {PANEL_LANGUAGES.map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {OWN_NAMES[language]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconKeyboard size={16} stroke={1.7} />}
          rightSection={
            <Text size="xs" c="dimmed">
              ?
            </Text>
          }
          onClick={openShortcuts}
        >
          {t('nav.shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={() => logout.mutate()}>
          {t('nav.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
