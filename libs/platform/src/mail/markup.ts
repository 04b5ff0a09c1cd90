/** HTML that may be sent as it is. Only `html` makes it. */
export class Markup {
  private constructor(private readonly text: string) {}

  /** @internal */
  static of(text: string): Markup {
    return new Markup(text);
  }
  toString(): string {
    return this.text;
  }
}

type Value = string | number | Markup | readonly Markup[];

const escape = (text: string) => text.replace(/[&<>"'`=]/g, (character) => `&#${character.charCodeAt(0)};`);

function shown(value: Value): string {
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.join('');
  return escape(String(value));
}

/** A piece of HTML. Everything put into it is escaped, unless it was made by `html` itself. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Markup =>
  Markup.of(parts.map((part, index) => part + (index < values.length ? shown(values[index] ?? '') : '')).join(''));
