import path from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
const lib = (name: string) => path.resolve(here, `../libs/${name}/src/index.ts`);

/** The chat inside its frame. The loader is one plain script and built apart; see build.mjs. */
export default defineConfig({
  root: here,
  base: '/widget/v1/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { alias: { '@sotto/client': lib('client'), '@sotto/protocol': lib('protocol') } },
  build: {
    outDir: path.resolve(here, '../dist/widget'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: path.resolve(here, 'frame.html'),
      // The schemas are for the server. Taking types and one function from there must not bring zod along.
      treeshake: { moduleSideEffects: (id) => !id.includes('/libs/protocol/') },
    },
  },
});
