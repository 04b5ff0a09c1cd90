import { useNavigate } from '@tanstack/react-router';
import type { ViewName } from '../live/views';
import { useMay } from '../session/session';
import { useKeys } from './keys';

/** Keys that work on every page. */
export function useShellKeys(openShortcuts: () => void): void {
  const navigate = useNavigate();
  const spam = useMay('screening.teach');
  const go = (view: ViewName) => () => void navigate({ to: '/inbox/$view', params: { view } });
  useKeys({
    '?': openShortcuts,
    'g o': go('open'),
    'g i': go('open'),
    'g m': go('mine'),
    'g u': go('unassigned'),
    'g r': go('resolved'),
    'g !': spam ? go('spam') : undefined,
    'g s': () => void navigate({ to: '/settings/inboxes' }),
  });
}
