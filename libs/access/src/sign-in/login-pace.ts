import { setTimeout as wait } from 'node:timers/promises';

const STEP_MS = 250;

/**
 * Waits until a whole number of steps has passed since `start`, a reading of `performance.now()`: how long something took does
 * not show by when its answer comes, as long as it takes less than a step.
 */
export async function untilStep(start: number): Promise<void> {
  await wait(STEP_MS - ((performance.now() - start) % STEP_MS));
}
