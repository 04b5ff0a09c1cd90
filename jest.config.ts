import type { Config } from 'jest';

const swc = (importSource: string) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', tsx: true, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic', importSource } },
    },
  },
];

/** Plain .ts files are parsed without JSX: `<T>(x: T) => x` means something else with it. */
const swcWithoutJsx = () => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', tsx: false, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  },
];

const project = (displayName: string, testMatch: string[], more: Record<string, unknown> = {}) => ({
  displayName,
  testMatch,
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^@sotto/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  resolver: '<rootDir>/test/support/resolve-source.cjs',
  transform: {
    '/widget/.+\\.tsx$': swc('preact'),
    '\\.tsx$': swc('react'),
    '\\.ts$': swcWithoutJsx(),
  },
  ...more,
});

const config = {
  projects: [
    project('unit', ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/{apps,widget}/**/*.spec.{ts,tsx}']),
    project('architecture', ['<rootDir>/test/architecture/**/*.spec.ts']),
    project('medium', ['<rootDir>/test/medium/**/*.spec.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.e2e.spec.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.spec.ts']),
    project('browser', ['<rootDir>/test/browser/**/*.spec.ts']),
  ],
  maxWorkers: 2,
  testTimeout: 60_000,
} as Config;

export default config;
