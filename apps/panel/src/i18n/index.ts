import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { de } from './de';

export const PANEL_LANGUAGES = ['en', 'de'] as const;
export type PanelLanguage = (typeof PANEL_LANGUAGES)[number];

const KEY = 'sotto.panel.language';

function known(value: string | null | undefined): PanelLanguage | undefined {
  return PANEL_LANGUAGES.find((language) => language === value?.slice(0, 2).toLowerCase());
}

function remembered(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    // A browser that refuses storage still gets the language it asks for.
    return null;
  }
}

function first(): PanelLanguage {
  return known(remembered()) ?? navigator.languages.map(known).find((language) => language !== undefined) ?? 'en';
}

void i18next.use(initReactI18next).init({
  lng: first(),
  fallbackLng: 'en',
  supportedLngs: PANEL_LANGUAGES,
  resources: { en: { translation: en }, de: { translation: de } },
  initAsync: false,
  // React escapes what it renders.
  interpolation: { escapeValue: false },
});
document.documentElement.lang = i18next.language;

export function chooseLanguage(language: PanelLanguage): void {
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    return;
  }
}

export { i18next };
