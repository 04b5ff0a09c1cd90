// Lets Node run TypeScript as it is: `node --import ./test/bench/typescript.mjs file.ts`. Jest has it for worker threads, which start
// without Jest.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const libs = new URL('../../libs/', import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, lib] = /^@sotto\/(\w+)$/.exec(specifier) ?? [];
    if (lib) return next(pathToFileURL(fileURLToPath(new URL(`${lib}/src/index.ts`, libs))).href, context);
    try {
      return next(specifier, context);
    } catch (error) {
      const compiled = error.code === 'ERR_MODULE_NOT_FOUND' && /^(\.{1,2}|file:)\/.*\.js$/.test(specifier);
      if (!compiled) throw error;
      return next(specifier.replace(/js$/, 'ts'), context);
    }
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      sourceMaps: 'inline',
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      module: { type: 'es6' },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
