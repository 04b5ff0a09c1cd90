const DRAWINGS = {
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  menu: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M12 19V5M6 11l6-6 6 6',
  check: 'M5 13l4 4L19 7',
};

export const Icon = ({ of }: { of: keyof typeof DRAWINGS }) => (
  <svg class={`icon i-${of}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={DRAWINGS[of]} />
  </svg>
);
