const KEPT = 1_000;

/** The last thousand scores, oldest forgotten first. */
export class RecentScores {
  #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > KEPT) this.#values.shift();
  }

  values(): readonly number[] {
    return this.#values;
  }

  restore(values: readonly number[]): void {
    this.#values = values.slice(-KEPT);
  }

  /** The score that only `above` of them exceed; minus infinity where there are none. */
  highest(above: number): number {
    return this.#values.toSorted((a, b) => b - a)[above] ?? -Infinity;
  }
}
