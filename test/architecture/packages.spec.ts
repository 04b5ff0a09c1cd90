import { expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { missingIn } from '../../scripts/complete-lock.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(repository, name), 'utf8');

interface Packages {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

it('locks the builds of every platform, so that npm ci works on each', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
  expect(missingIn(lock.packages)).toEqual([]);
});

it('notices a platform the lock leaves out', () => {
  const packages = {
    'node_modules/swift': { version: '1.0.0', optionalDependencies: { '@swift/linux-arm64-musl': '1.0.0' } },
  };
  expect(missingIn(packages)).toEqual([
    ['node_modules/@swift/linux-arm64-musl', { version: '1.0.0', cpu: ['arm64'], libc: ['musl'], optional: true, os: ['linux'] }],
  ]);
});

it('pins exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Packages;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

it('names every library in tsconfig.json', () => {
  const { compilerOptions } = JSON.parse(read('tsconfig.json')) as { compilerOptions: { paths: Record<string, string[]> } };
  const libraries = readdirSync(path.join(repository, 'libs')).filter((name) =>
    existsSync(path.join(repository, 'libs', name, 'src/index.ts')),
  );
  for (const name of libraries) expect(compilerOptions.paths[`@sotto/${name}`]).toEqual([`./libs/${name}/src/index.ts`]);
});
