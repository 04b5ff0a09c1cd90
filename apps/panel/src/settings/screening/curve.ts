import type { ScreeningSettings } from '@sotto/protocol';

type Curve = ScreeningSettings['curve'];
export type Point = Curve['points'][number];

/** Lessons of each kind below which a forecast would be chance, and below which it is a hint. */
const FORECAST_FROM = 20;
const HINT_BELOW = 100;

export function trustOf({ spam, ham }: Pick<Curve, 'spam' | 'ham'>): 'none' | 'hint' | 'good' {
  const fewer = Math.min(spam, ham);
  return fewer < FORECAST_FROM ? 'none' : fewer < HINT_BELOW ? 'hint' : 'good';
}

/** What a threshold would have done: as counted at the next threshold at or above it, which holds back no more. */
export const pointAt = (points: readonly Point[], threshold: number): Point | undefined =>
  points.find((point) => point.threshold >= threshold) ?? points.at(-1);
