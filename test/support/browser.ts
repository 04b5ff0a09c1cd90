import { chromium as playwright, type Browser, type LaunchOptions } from 'playwright-core';
import { chromium } from '../../scripts/prepare/machine.mjs';

/**
 * Chromium without a window: the machine's own, or the one Playwright downloaded. The switches keep it from calling its
 * maker's servers, which do not answer in closed networks and hold up the first page.
 */
export function startBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  const machines = chromium();
  return playwright.launch({
    ...(machines ? { executablePath: machines } : {}),
    chromiumSandbox: !isRoot,
    ...options,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      ...(options.args ?? []),
    ],
  });
}
