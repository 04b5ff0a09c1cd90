import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeFolder, temporaryFolder } from '../support/processes.js';

/** A small tree with every import that must not be, under the name of the rule that has to object. */
const PLANTED: Record<string, Record<string, string>> = {
  'realtime-imports-downward': { 'libs/realtime/src/up.ts': "import '@sotto/privacy';" },
  'conversations-imports-downward': { 'libs/conversations/src/up.ts': "import '@sotto/realtime';" },
  'inboxes-imports-downward': { 'libs/inboxes/src/up.ts': "import '@sotto/conversations';" },
  'contacts-imports-downward': { 'libs/contacts/src/beside.ts': "import '@sotto/consent';" },
  'accounts-imports-downward': { 'libs/accounts/src/beside.ts': "import '@sotto/access';" },
  'access-imports-downward': { 'libs/access/src/up.ts': "import '@sotto/inboxes';" },
  'platform-imports-downward': { 'libs/platform/src/up.ts': "import '@sotto/accounts';" },
  'privacy-imports-downward': { 'libs/privacy/src/up.ts': "import '@sotto/client';" },
  'known-library': { 'apps/api/src/unknown.ts': "import '@sotto/fancy';" },
  'no-cycle': { 'libs/inboxes/src/a.ts': "import './b.js';", 'libs/inboxes/src/b.ts': "import './a.js';" },
  'one-door': { 'libs/conversations/src/side.ts': "import '../../contacts/src/contact.service.js';" },
  'one-door-from-outside': { 'test/e2e/side.ts': "import '../../libs/contacts/src/contact.service.js';" },
  'door-by-name': { 'libs/conversations/src/path.ts': "import '../../contacts/src/index.js';" },
  'door-by-name-from-outside': { 'apps/api/src/path.ts': "import '../../../libs/contacts/src/index.js';" },
  'protocol-imports-zod-only': { 'libs/protocol/src/more.ts': "import 'rxjs';" },
  'kernel-stands-alone': { 'libs/kernel/src/more.ts': "import '@nestjs/common';" },
  'client-imports': { 'libs/client/src/more.ts': "import '@sotto/kernel';" },
  'front-ends-import-client-and-protocol': { 'apps/panel/src/more.ts': "import '@sotto/conversations';" },
  'front-ends-stay-apart': { 'widget/src/more.ts': "import '../../apps/panel/src/theme.js';" },
  'apps-are-the-top': { 'libs/inboxes/src/app.ts': "import '../../../apps/api/src/main.js';" },
  'entities-stay-home': { 'libs/consent/src/index.ts': "export * from './receipt.entity.js';" },
  'no-test-code': { 'libs/inboxes/src/tested.ts': "import './inboxes.spec.js';" },
  resolvable: { 'libs/inboxes/src/lost.ts': "import './nowhere.js';" },
  'shipped-packages-are-dependencies': { 'libs/inboxes/src/dev.ts': "import 'jest';" },
};

const LIBRARIES = ['privacy', 'realtime', 'conversations', 'inboxes', 'contacts', 'consent', 'accounts', 'access', 'platform'];
const BASE: Record<string, string> = {
  ...Object.fromEntries([...LIBRARIES, 'kernel', 'protocol', 'client', 'fancy'].map((name) => [`libs/${name}/src/index.ts`, 'export {};'])),
  'libs/contacts/src/contact.service.ts': 'export {};',
  'libs/consent/src/receipt.entity.ts': 'export {};',
  'libs/inboxes/src/inboxes.spec.ts': 'export {};',
  'apps/api/src/main.ts': "import '@sotto/privacy';",
  'apps/panel/src/theme.ts': 'export {};',
  'package.json': JSON.stringify({ dependencies: { rxjs: '1.0.0', '@nestjs/common': '1.0.0' }, devDependencies: { jest: '1.0.0' } }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'nodenext', paths: { '@sotto/*': ['./libs/*/src/index.ts'] } },
  }),
  ...Object.fromEntries(
    ['rxjs', '@nestjs/common', 'jest'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  ),
};

interface Violation {
  rule: { name: string };
  from: string;
}

const repository = path.resolve(import.meta.dirname, '../..');
let folder: string;
let violations: Violation[];

function cruise(cwd: string): Promise<Violation[]> {
  const command = path.join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [command, '--config', path.join(repository, '.dependency-cruiser.cjs'), '-T', 'json', 'apps', 'libs', 'widget', 'test'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      try {
        resolve((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
      } catch {
        reject(error ?? new Error(stdout));
      }
    });
  });
}

beforeAll(async () => {
  folder = temporaryFolder('borders');
  for (const [name, content] of Object.entries(Object.assign({}, BASE, ...Object.values(PLANTED)) as Record<string, string>)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), `${content}\n`);
  }
  violations = await cruise(folder);
}, 60_000);

afterAll(() => removeFolder(folder));

it.each(Object.entries(PLANTED))('%s objects', (rule, files) => {
  expect(violations.filter(({ rule: { name } }) => name === rule).map(({ from }) => from)).toContain(Object.keys(files)[0]);
});

it('leaves the allowed import alone', () => {
  expect(violations.filter(({ from }) => from === 'apps/api/src/main.ts')).toEqual([]);
});
