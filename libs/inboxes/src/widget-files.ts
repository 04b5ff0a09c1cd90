import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@sotto/platform';

/** The built widget. Read again when a build replaced it. */
@Injectable()
export class WidgetFiles {
  private readonly files = new Map<string, { modified: number; text: string }>();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get assets(): string {
    return join(this.config.webDirectory, 'widget', 'assets');
  }

  loader(settings: { key: string; colour: string; ink: string; origin: string }): string {
    return this.read('loader.js').replace('__SOTTO_CONFIG__', () => JSON.stringify(settings));
  }

  /** The frame with its settings as data, which no content security policy runs. */
  frame(settings: object): string {
    const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
    return this.read('frame.html').replace(
      '<!--sotto:config-->',
      () => `<script type="application/json" id="sotto-config">${json}</script>`,
    );
  }

  private read(name: string): string {
    const path = join(this.config.webDirectory, 'widget', name);
    const modified = statSync(path).mtimeMs;
    const cached = this.files.get(name);
    if (cached?.modified === modified) return cached.text;
    const text = readFileSync(path, 'utf8');
    this.files.set(name, { modified, text });
    return text;
  }
}
