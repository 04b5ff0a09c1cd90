import { useMediaQuery } from '@mantine/hooks';

/** `narrow`: one column, as on a phone; `medium`: list and conversation; `wide`: the contact beside them. */
export type Layout = 'narrow' | 'medium' | 'wide';

export function useLayout(): Layout {
  const options = { getInitialValueInEffect: false };
  const narrow = useMediaQuery('(max-width: 760px)', false, options);
  const medium = useMediaQuery('(max-width: 1239px)', false, options);
  return narrow ? 'narrow' : medium ? 'medium' : 'wide';
}
