import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['SOTTO_PUBLIC_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  root: at('.'),
  plugins: [react()],
  resolve: {
    alias: {
      '@sotto/protocol': at('../../libs/protocol/src/index.ts'),
      '@sotto/client': at('../../libs/client/src/index.ts'),
    },
  },
  build: {
    outDir: at('../../dist/panel'),
    emptyOutDir: true,
    target: 'es2023',
    // The server's policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // `no-eval` must run before the chunk that holds zod.
    rolldownOptions: { output: { strictExecutionOrder: true } },
    // The list of common passwords is one chunk of its own, loaded by the set-up page only.
    chunkSizeWarningLimit: 800,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/socket', '/widget', '/try'].map((path) => [
        path,
        // The server compares Origin with its public address; behind this proxy that is the server's own.
        { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
});
