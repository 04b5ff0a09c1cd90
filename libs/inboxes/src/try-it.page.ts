const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A page that embeds the widget exactly as a customer's page would. */
export const tryItPage = (accountName: string, snippet: string, nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Try it: ${escape(accountName)}</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; --ink: #1c1d22; --soft: #62646e; --line: #e4e5ea; --paper: #fbfbfc; --card: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a2a4b0; --line: #2e3038; --paper: #131418; --card: #1b1c21; } }
  body { margin: 0; background: var(--paper); color: var(--ink); }
  main { max-width: 34rem; margin-inline: max(0px, 7vw) auto; padding: 12vh 1.5rem 8rem; }
  h1 { font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.2; letter-spacing: -0.02em; margin: 0 0 1rem; }
  p { color: var(--soft); margin: 0 0 1.25rem; max-width: 34rem; }
  h2 { font-size: 1rem; margin: 2.5rem 0 0.5rem; }
  pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; overflow-x: auto; font-size: 0.85rem; white-space: pre-wrap; word-break: break-all; }
</style>
</head>
<body>
<main>
<h1>This is how ${escape(accountName)} looks to a visitor</h1>
<p>Open the chat in the corner, agree to the notice and write something. It arrives in your panel at once. Answer there, and the answer appears here.</p>
<h2>The line that does it</h2>
<pre><code>${escape(snippet)}</code></pre>
<p>Paste it before the end of the body of your own pages, and add their address to the inbox.</p>
</main>
${snippet}
</body>
</html>
`;
