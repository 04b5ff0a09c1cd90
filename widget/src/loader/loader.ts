import type { ToFrame, ToPage, VisitorHints } from '../shared/bridge';
import { css } from './loader.css';

declare const __SOTTO_CONFIG__: { key: string; colour: string; ink: string; origin: string };

interface Api {
  (...call: unknown[]): void;
  /** Calls made before the script was there. */
  q?: Iterable<unknown>[];
  /** The script is there, once. */
  on?: boolean;
}

/** How a screen reader calls the launcher; elsewhere it is called "Chat". */
const LABELS: Record<string, string> = { sl: 'Klepet', zh: '聊天', ar: 'محادثة' };
const BUBBLE = 'M21 12a9 8 0 0 1-13 7l-5 1 2-5a8 8 0 0 1 7-11 9 8 0 0 1 9 8z';
const CROSS = 'M6 6l12 12M18 6L6 18';

const page = window as unknown as { Sotto?: Api };

function start({ key, colour, ink, origin }: typeof __SOTTO_CONFIG__): Api {
  const listeners: [unknown, (detail?: unknown) => void][] = [];
  const hints: VisitorHints = {};
  const memory = 'sotto:' + key;
  const of = document.documentElement.lang;
  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let shown = false;
  let unread = 0;
  let back: Element | null;

  const host = document.createElement('div');
  // Focus that comes back to the host goes to the launcher.
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K) => root.appendChild(document.createElement(tag));
  const draws = (inside: Element, tag: string) => inside.appendChild(document.createElementNS('http://www.w3.org/2000/svg', tag));
  // A sheet made by script needs no exception in the page's content security policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  host.style.cssText = `--c:${colour};--f:${ink}`;
  const button = make('button');
  const drawing = draws(draws(button, 'svg'), 'path');
  const badge = button.appendChild(make('b'));

  const tell = (message: ToFrame) => ready && frame!.contentWindow!.postMessage(message, origin);
  const happen = (what: string, detail?: unknown) => listeners.forEach(([name, listen]) => name === what && listen(detail));
  const draw = () => {
    drawing.setAttribute('d', shown ? CROSS : BUBBLE);
    badge.hidden = !unread;
    badge.textContent = unread + '';
    button.ariaLabel = (LABELS[of.slice(0, 2)] || 'Chat') + (unread ? ` (${unread})` : '');
    button.ariaExpanded = shown + '';
    if (frame) frame.hidden = !shown;
  };
  const load = () => {
    if (frame) return;
    const language = [hints.language, ...navigator.languages, of, 'en'].find((tag) => /^(en|de|sl|zh|ar)/.test(tag!))!;
    frame = make('iframe');
    frame.title = 'Chat';
    frame.src = `${origin}/widget/v1/frame?inbox=${key}&language=${language.slice(0, 2)}`;
    frame.onload = () => {
      ready = true;
      tell({ sotto: 'hello', open: shown, values: hints });
    };
  };
  const toggle = (show: boolean) => {
    if (show === shown) return;
    shown = show;
    if (show) back = document.activeElement;
    load();
    draw();
    tell({ sotto: show ? 'show' : 'hide' });
    (show ? frame : (back as HTMLElement | null))?.focus();
    happen(show ? 'open' : 'close');
  };
  const receive = ({ data, source, origin: from }: MessageEvent<ToPage>) => {
    if (from !== origin || !frame || source !== frame.contentWindow) return;
    if (data.sotto === 'close') toggle(false);
    if (data.sotto === 'unread') {
      unread = data.count;
      draw();
      happen('unread', unread);
    }
    // Storage may be blocked; then the next page starts anew.
    if (data.sotto === 'remember')
      try {
        localStorage[memory] = 1;
        if (!data.on) delete localStorage[memory];
      } catch {}
  };

  button.onclick = () => toggle(!shown);
  addEventListener('message', receive);
  draw();
  document.body.append(host);
  try {
    if (localStorage[memory]) load();
  } catch {}

  return (what, first, second?: unknown) => {
    if (what === 'open' || what === 'close') toggle(what === 'open');
    if (what === 'on') listeners.push([first, second as () => void]);
    if (what === 'set') {
      Object.assign(hints, first);
      tell({ sotto: 'set', values: hints });
    }
    if (what === 'shutdown') {
      removeEventListener('message', receive);
      host.remove();
      delete page.Sotto;
    }
  };
}

const begin = () => {
  const { q = [] } = page.Sotto!;
  page.Sotto = start(__SOTTO_CONFIG__);
  page.Sotto.on = true;
  for (const call of q) page.Sotto?.(...call);
};
// The script may stand in the head, and may stand there twice.
const early: Api = (page.Sotto ||= (...call) => void (early.q ||= []).push(call));
if (!early.on) {
  early.on = true;
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
}
