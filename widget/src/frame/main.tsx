import type { WidgetConfig } from '@sotto/protocol';
import { render } from 'preact';
import { readableOn } from '@sotto/protocol';
import { App } from './app';
import { Chat } from './chat';
import { speak } from './language';
import css from './style.css?inline';

const config = JSON.parse(document.getElementById('sotto-config')!.textContent!) as WidgetConfig;
const root = document.getElementById('app')!;

// With the styles inside the script, the language's file is the third request and not the fourth.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets = [sheet];
const { style } = document.documentElement;
style.setProperty('--theme', config.colour);
style.setProperty('--on-theme', readableOn(config.colour));

const chat: Chat = new Chat(config, () => {
  document.title = chat.title;
  render(<App chat={chat} />, root);
});
await speak(config.language);
await chat.start();
