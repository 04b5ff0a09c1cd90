import { THRESHOLDS, type ScreeningSettings } from '@sotto/protocol';
import { useTranslation } from 'react-i18next';
import type { Point } from './curve';
import classes from './screening.module.css';

const WIDTH = 560;
const HEIGHT = 150;
const PAD = 8;

const x = (threshold: number) => PAD + ((threshold - THRESHOLDS.least) / (THRESHOLDS.most - THRESHOLDS.least)) * (WIDTH - 2 * PAD);
const y = (share: number) => PAD + (1 - share) * (HEIGHT - 2 * PAD);

/** Two lines over the slider: how much spam is caught, and how many real messages are held back. */
export function ThresholdCurve({ curve, threshold }: { curve: ScreeningSettings['curve']; threshold: number }) {
  const { t } = useTranslation();
  const line = (share: (point: Point) => number) => curve.points.map((point) => `${x(point.threshold)},${y(share(point))}`).join(' ');
  const at = x(Math.max(THRESHOLDS.least, Math.min(THRESHOLDS.most, threshold)));
  return (
    <figure className={classes.curve}>
      <figcaption className={classes.legend}>
        <span>
          <Stroke name="caught" /> {t('filter.threshold.curveCaught')}
        </span>
        <span>
          <Stroke name="wrong" /> {t('filter.threshold.curveWrong')}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('filter.threshold.curve')} preserveAspectRatio="none">
        {[0, 0.5, 1].map((share) => (
          <line key={share} x1={PAD} x2={WIDTH - PAD} y1={y(share)} y2={y(share)} className={classes.grid} />
        ))}
        <polyline points={line(({ caught }) => caught / curve.spam)} className={classes.line} data-line="caught" />
        <polyline points={line(({ wronglyQuarantined }) => wronglyQuarantined / curve.ham)} className={classes.line} data-line="wrong" />
        <line x1={at} x2={at} y1={PAD} y2={HEIGHT - PAD} className={classes.here} />
      </svg>
    </figure>
  );
}

function Stroke({ name }: { name: 'caught' | 'wrong' }) {
  return (
    <svg width="24" height="8" aria-hidden="true">
      <line x1="0" x2="24" y1="4" y2="4" className={classes.line} data-line={name} />
    </svg>
  );
}
