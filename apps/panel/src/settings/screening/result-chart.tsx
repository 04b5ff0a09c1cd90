import type { PerformanceDay } from '@sotto/protocol';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useLayout } from '../../shell/layout';
import { localeOf } from '../../words/time';
import { heightOf, SERIES, sumOf, ticksOf, type Bars, type Series } from './result-bars';
import classes from './screening.module.css';

/** Units of the drawing, near the pixels it is shown at, so that its words can be read on a phone. */
const WIDTHS = { narrow: 360, medium: 800, wide: 800 };
const HEIGHT = 220;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 8;
/** Room of a date, so that they do not touch. */
const DATE = 90;

/** Days of the calendar, which know no time of day. */
export const dayName = (day: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(day));

/** What the filter did over time, as bars in four patterns, each also told apart without colour. */
export function ResultChart({ bars: { bars, unit } }: { bars: Bars }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const width = WIDTHS[useLayout()];
  const ticks = ticksOf(Math.max(...bars.map(heightOf)));
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const slot = (width - LEFT) / bars.length;
  const thick = Math.min(28, slot * 0.68);
  const every = Math.ceil((bars.length * DATE) / (width - LEFT));
  const sum = sumOf(bars);
  const summary = SERIES.map((name) => `${t(`filter.results.${name}`)} ${sum[name]}`).join(', ');
  return (
    <svg
      className={classes.chart}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={t('filter.results.chart', { unit: t(`filter.results.unit.${unit}`), summary })}
    >
      <Patterns id={id} />
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} className={classes.grid} />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className={classes.axis}>
            {tick}
          </text>
        </g>
      ))}
      {bars.map((bar, at) => {
        const x = LEFT + at * slot + (slot - thick) / 2;
        return (
          <g key={bar.day}>
            <title>{titleOf(bar)}</title>
            <rect x={LEFT + at * slot} y={TOP} width={slot} height={HEIGHT - TOP - BOTTOM} className={classes.slot} />
            <Stack bar={bar} x={x} width={thick} y={y} id={id} />
            {(bars.length - 1 - at) % every === 0 && (
              <text
                x={at === bars.length - 1 ? width : x + thick / 2}
                y={HEIGHT - 6}
                textAnchor={at === bars.length - 1 ? 'end' : 'middle'}
                className={classes.axis}
              >
                {dayName(bar.day, i18n.language)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );

  function titleOf(bar: PerformanceDay): string {
    const day = dayName(bar.day, i18n.language);
    const shown = SERIES.filter((name) => bar[name] > 0).map((name) => `${t(`filter.results.${name}`)}: ${bar[name]}`);
    return [unit === 'week' ? t('filter.results.weekOf', { day }) : day, ...shown].join('\n');
  }
}

function Stack({ bar, x, width, y, id }: { bar: PerformanceDay; x: number; width: number; y: (value: number) => number; id: string }) {
  let from = 0;
  return SERIES.map((name) => {
    if (bar[name] === 0) return null;
    const bottom = from;
    from += bar[name];
    const height = Math.max(1, y(bottom) - y(from) - 1);
    return (
      <g key={name} className={classes.series} data-series={name}>
        <rect x={x} y={y(from)} width={width} height={height} rx={2} fill="currentColor" />
        <rect x={x} y={y(from)} width={width} height={height} rx={2} fill={`url(#${id}${name})`} />
      </g>
    );
  });
}

/** Lines and dots laid over the colours: one can tell the parts of a bar apart without seeing colours. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}missed`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="2.5" height="6" className={classes.pattern} />
      </pattern>
      <pattern id={`${id}wronglyQuarantined`} width="5" height="5" patternUnits="userSpaceOnUse">
        <circle cx="2.5" cy="2.5" r="1.3" className={classes.pattern} />
      </pattern>
      <pattern id={`${id}unsure`} width="6" height="5" patternUnits="userSpaceOnUse">
        <rect width="6" height="1.5" className={classes.pattern} />
      </pattern>
    </defs>
  );
}

/** A swatch as in the chart. */
export function Swatch({ name }: { name: Series }) {
  const id = useId();
  return (
    <svg width="14" height="14" aria-hidden="true" className={classes.series} data-series={name}>
      <Patterns id={id} />
      <rect width="14" height="14" rx="3" fill="currentColor" />
      <rect width="14" height="14" rx="3" fill={`url(#${id}${name})`} />
    </svg>
  );
}
