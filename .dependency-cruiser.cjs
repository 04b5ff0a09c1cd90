/**
 * Who may import whom. Tiers from the top down; a library may import those below it, and in its own tier only where a
 * rule below says so.
 */
const TIERS = [
  ['privacy'],
  ['realtime', 'email', 'notifications', 'search', 'reporting'],
  ['conversations'],
  ['inboxes'],
  ['contacts', 'consent', 'files', 'screening'],
  ['accounts', 'access', 'audit'],
  ['platform'],
  ['kernel', 'protocol'],
];

/** Imports between neighbours of one tier. */
const NEIGHBOURS = { access: ['accounts', 'audit'], accounts: ['audit'], kernel: ['protocol'] };

const TESTS = '\\.(spec|e2e\\.spec)\\.tsx?$';
const any = (names) => `(${names.join('|')})`;

const tierRules = TIERS.flatMap((tier, height) =>
  tier.map((library) => {
    const above = TIERS.slice(0, height).flat();
    const beside = tier.filter((name) => name !== library && !(NEIGHBOURS[library] ?? []).includes(name));
    return {
      name: `${library}-imports-downward`,
      comment: `${library} may import only what stands below it.`,
      severity: 'error',
      from: { path: `^libs/${library}/` },
      to: { path: `^(apps/|widget/|libs/${any([...above, ...beside, 'client'])}/)` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...tierRules,
    {
      name: 'known-library',
      comment: 'A new library gets its place in TIERS before anything imports it.',
      severity: 'error',
      from: { path: '^(apps|libs|widget)/' },
      to: { path: '^libs/', pathNot: `^libs/${any([...TIERS.flat(), 'client'])}/` },
    },
    {
      name: 'no-cycle',
      comment: 'Modules that import each other fail to load as ES modules.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'one-door',
      comment: 'Another library is reached through its index.ts.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: '^libs/($1/|[^/]+/src/index\\.ts$)' },
    },
    {
      name: 'one-door-from-outside',
      comment: 'A library is reached through its index.ts. Medium tests may stand inside one.',
      severity: 'error',
      from: { path: '^(apps|widget|test)/', pathNot: '^test/medium/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'door-by-name',
      comment: 'A library is named @sotto/x; a relative path into it hides the border.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'door-by-name-from-outside',
      comment: 'A library is named @sotto/x; a relative path into it hides the border.',
      severity: 'error',
      from: { path: '^(apps|widget|test)/', pathNot: '^test/medium/' },
      to: { path: '^libs/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'protocol-imports-zod-only',
      severity: 'error',
      from: { path: '^libs/protocol/', pathNot: TESTS },
      to: { pathNot: '^(libs/protocol/|node_modules/zod/)' },
    },
    {
      name: 'kernel-stands-alone',
      comment: 'The kernel knows neither Nest nor the database.',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: TESTS },
      to: { path: '^node_modules/(@nestjs|@mikro-orm|pg)/' },
    },
    {
      name: 'client-imports',
      severity: 'error',
      from: { path: '^libs/client/', pathNot: TESTS },
      to: { pathNot: '^(libs/(client|protocol)/|node_modules/(socket\\.io-client|engine\\.io-client)/)' },
    },
    {
      name: 'front-ends-import-client-and-protocol',
      severity: 'error',
      from: { path: '^(apps/(panel|portal)|widget)/' },
      to: { path: '^libs/', pathNot: '^libs/(client|protocol)/' },
    },
    {
      name: 'front-ends-stay-apart',
      severity: 'error',
      from: { path: '^(apps/[^/]+|widget)/' },
      to: { path: '^(apps|widget)/', pathNot: '^$1/' },
    },
    {
      name: 'apps-are-the-top',
      comment: 'Nothing imports an app, tests of the whole aside.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|widget)/' },
    },
    {
      name: 'entities-stay-home',
      comment: 'What leaves a library is protocol shapes, not rows.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/index\\.ts$' },
      to: { path: '\\.entity\\.ts$' },
    },
    {
      name: 'no-test-code',
      comment: 'The product does not import tests or their support.',
      severity: 'error',
      from: { path: '^(apps|libs|widget)/', pathNot: TESTS },
      to: { path: `^test/|${TESTS}` },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(node:|virtual:|.*\\?)' },
    },
    {
      name: 'shipped-packages-are-dependencies',
      comment: 'What the server imports at run time stands in dependencies.',
      severity: 'error',
      from: { path: '^(apps/api|libs)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-unknown', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
