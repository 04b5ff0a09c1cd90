import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { useTranslation } from 'react-i18next';
import { router } from './router';
import { queries } from './session/session';
import { nonce } from './theme/nonce';
import { theme, variables } from './theme/theme';

const colours = localStorageColorSchemeManager({ key: 'sotto.panel.theme' });

export function App() {
  const { t } = useTranslation();
  return (
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={colours} defaultColorScheme="auto" getStyleNonce={nonce}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-center" limit={3} autoClose={6_000} zIndex={400} aria-label={t('nav.menu')} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
