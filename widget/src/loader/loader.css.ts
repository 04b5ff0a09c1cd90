/** Fades rather than moves, for those who want less motion. Logical sides, so that the launcher stands on the left of a right-to-left page. */
export const css =
  ':host{all:initial}' +
  'button,iframe{position:fixed;z-index:2147483000;bottom:20px;inset-inline-end:20px;border:0;box-shadow:0 6px 24px #0004}' +
  'button{display:grid;padding:16px;border-radius:50%;background:var(--c);color:var(--f);cursor:pointer}' +
  'button:focus-visible{outline:3px solid var(--c);outline-offset:3px}' +
  'svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}' +
  'b{position:absolute;top:-4px;inset-inline-end:-4px;min-width:14px;padding:0 5px;border-radius:16px;background:#c11;color:#fff;font:13px/24px sans-serif}' +
  'iframe{bottom:92px;width:380px;height:min(640px,100dvh - 112px);border-radius:16px;transition:opacity .2s}' +
  '@starting-style{iframe{opacity:0}}' +
  '[hidden]{display:none}' +
  '@media(max-width:480px),(max-height:480px){iframe{inset:0;width:100%;height:100dvh;border-radius:0}}';
