import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { PlainText } from './plain-text';

const html = (text: string) => renderToStaticMarkup(<PlainText>{text}</PlainText>);
const link = (address: string) => `<a href="${address}" target="_blank" rel="noopener noreferrer">${address}</a>`;

describe('text somebody wrote', () => {
  it('stays text, whatever it looks like', () => {
    expect(html('<img src=x onerror=alert(1)>')).toBe('&lt;img src=x onerror=alert(1)&gt;');
  });

  it.each(['javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x', 'file:///etc/passwd', 'http://'])(
    'does not link %s',
    (text) => {
      expect(html(text)).not.toContain('<a');
    },
  );

  it('links http and https, without the sentence around it', () => {
    expect(html('See https://example.com/a?b=1, or (http://example.org/x).')).toBe(
      `See ${link('https://example.com/a?b=1')}, or (${link('http://example.org/x')}).`,
    );
  });

  it('ends an address before characters that turn the direction of writing or cannot be seen', () => {
    expect(html('https://example.com/\u202egpj.exe')).toContain(`${link('https://example.com/')}\u202e`);
    expect(html('https://example.com/\u200bx')).toContain(link('https://example.com/'));
  });

  it('points at stretches of it, also within an address', () => {
    const text = 'Win a prize: https://win.example/now!';
    const marks = [
      { from: 6, to: 11, towards: 'spam' as const },
      { from: 21, to: 24, towards: 'ham' as const },
      { from: 90, to: 99, towards: 'spam' as const },
    ];
    expect(renderToStaticMarkup(<PlainText marks={marks}>{text}</PlainText>)).toBe(
      'Win a <mark data-towards="spam">prize</mark>: <a href="https://win.example/now" target="_blank" rel="noopener noreferrer">' +
        'https://<mark data-towards="ham">win</mark>.example/now</a>!',
    );
  });

  it('cannot be broken out of by quotes', () => {
    expect(html('https://example.com/"onmouseover="alert(1)')).toBe(`${link('https://example.com/')}&quot;onmouseover=&quot;alert(1)`);
  });
});
