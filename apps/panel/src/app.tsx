import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { router } from './router';
import { queries } from './session/session';
import { useLayout } from './shell/layout';
import { nonce } from './theme/nonce';
import { theme, variables } from './theme/theme';

const colours = localStorageColorSchemeManager({ key: 'sotto.panel.theme' });

export function App() {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={colours}
        defaultColorScheme="auto"
        getStyleNonce={nonce}
      >
        <QueryClientProvider client={queries}>
          <Toasts />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}

/** Where they cover neither the composer nor the buttons of a conversation. */
function Toasts() {
  return <Notifications position={useLayout() === 'narrow' ? 'top-center' : 'bottom-left'} limit={3} autoClose={6_000} zIndex={400} />;
}
