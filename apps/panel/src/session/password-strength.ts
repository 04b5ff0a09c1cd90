import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { useEffect, useRef, useState } from 'react';

export type Level = 0 | 1 | 2 | 3 | 4;

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  return new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
}

/** How hard a password is to guess, 0 to 4; null while the list of common passwords is loading or nothing is typed. */
export function usePasswordLevel(password: string, about: readonly string[]): Level | null {
  const [judge, setJudge] = useState<ZxcvbnFactory | null>(null);
  const [level, setLevel] = useState<Level | null>(null);
  const asked = useRef(false);

  useEffect(() => {
    if (password === '' || asked.current) return;
    asked.current = true;
    void load().then(
      (loaded) => setJudge(loaded),
      // The server judges again, so the form works without the hint.
      () => undefined,
    );
  }, [password]);

  const known = about.join('\n');
  useEffect(() => {
    if (!judge || password === '') return setLevel(null);
    const timer = setTimeout(
      () => setLevel(judge.check(password.slice(0, 128), known.split(/[\s@.]+/u).filter(Boolean)).score as Level),
      80,
    );
    return () => clearTimeout(timer);
  }, [judge, password, known]);

  return level;
}
