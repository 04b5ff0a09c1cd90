import { createContext, use } from 'react';

interface Shell {
  openMenu: () => void;
  openShortcuts: () => void;
}

export const ShellContext = createContext<Shell>({ openMenu: () => undefined, openShortcuts: () => undefined });
export const useShell = (): Shell => use(ShellContext);
