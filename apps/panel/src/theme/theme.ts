import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const pine: MantineColorsTuple = [
  '#edf8f4',
  '#d9eee6',
  '#b3ddcd',
  '#87c8b1',
  '#62b699',
  '#3d9c7e',
  '#25826a',
  '#176b55',
  '#125544',
  '#0c3f33',
];

const stone: MantineColorsTuple = [
  '#faf9f7',
  '#f4f3f0',
  '#eae8e4',
  '#dedbd6',
  '#c6c2bb',
  '#a39e96',
  '#746f68',
  '#56524c',
  '#393632',
  '#1f1d1b',
];

const dusk: MantineColorsTuple = [
  '#e9e7e3',
  '#cbc8c2',
  '#aba7a0',
  '#8f8b84',
  '#3f3c38',
  '#33312d',
  '#282623',
  '#1b1a18',
  '#151412',
  '#0e0d0c',
];

const amber: MantineColorsTuple = [
  '#fdf6e7',
  '#f9ebcc',
  '#f2d798',
  '#e9c060',
  '#dda831',
  '#c08d18',
  '#966b0c',
  '#795509',
  '#5b4007',
  '#3f2c04',
];

const system = "-apple-system, BlinkMacSystemFont, 'Segoe UI', system-ui, Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif";

export const theme = createTheme({
  colors: { pine, gray: stone, dark: dusk, amber },
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  white: '#ffffff',
  black: '#1f1d1b',
  fontFamily: system,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.45' },
  headings: {
    fontFamily: system,
    fontWeight: '600',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.4' },
      h5: { fontSize: '0.8125rem', lineHeight: '1.4' },
      h6: { fontSize: '0.75rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 'xs' } },
    Menu: { defaultProps: { shadow: 'md', radius: 'md' } },
    Modal: { defaultProps: { radius: 'lg', centered: true } },
    Drawer: { defaultProps: { radius: 0 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
  },
});

/** Surfaces and lines of the panel, so that style sheets name meanings and not shades. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#625d56',
    '--mantine-color-placeholder': '#746f68',
    '--mantine-color-error': '#b42318',
    '--sotto-canvas': '#f6f5f2',
    '--sotto-surface': '#ffffff',
    '--sotto-sunken': '#faf9f7',
    '--sotto-hover': '#f1efec',
    '--sotto-chosen': '#e6f1ec',
    '--sotto-line': '#e7e4df',
    '--sotto-visitor': '#f1efec',
    '--sotto-own': '#dcefe7',
    '--sotto-note': '#fbf1d9',
    '--sotto-note-line': '#ecd9a6',
    '--sotto-note-text': '#5b4007',
    '--sotto-accent-text': '#176b55',
    '--sotto-alert-text': '#9a3412',
    '--sotto-alert-soft': '#fdeee6',
  },
  dark: {
    '--mantine-color-dimmed': '#aba7a0',
    '--mantine-color-placeholder': '#9a968f',
    '--mantine-color-error': '#f59a8f',
    '--sotto-canvas': '#151412',
    '--sotto-surface': '#1b1a18',
    '--sotto-sunken': '#181715',
    '--sotto-hover': '#252320',
    '--sotto-chosen': '#1d2d27',
    '--sotto-line': '#2e2b28',
    '--sotto-visitor': '#282623',
    '--sotto-own': '#1d3a30',
    '--sotto-note': '#332a14',
    '--sotto-note-line': '#52431f',
    '--sotto-note-text': '#f2d798',
    '--sotto-accent-text': '#87c8b1',
    '--sotto-alert-text': '#f2a582',
    '--sotto-alert-soft': '#3a231a',
  },
});
