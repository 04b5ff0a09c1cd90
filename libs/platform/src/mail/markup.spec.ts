import { expect, it } from '@jest/globals';
import { html } from './markup.js';

it('Whatever is put into markup is text, unless it is markup.', () => {
  const name = `<img src=x onerror="alert(1)">'\`&`;
  const inner = html`<b>${name}</b>`;
  const shown = html`<p title="${name}">${inner}${[html`<i>${1}</i>`, html`<i>2</i>`]}</p>`.toString();
  const escaped = '&#60;img src&#61;x onerror&#61;&#34;alert(1)&#34;&#62;&#39;&#96;&#38;';
  expect(shown).toBe(`<p title="${escaped}"><b>${escaped}</b><i>1</i><i>2</i></p>`);
});
