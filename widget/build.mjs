/** Builds loader and frame into dist/widget, and fails when a visitor would have to load more than promised. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';

const here = import.meta.dirname;
const out = path.resolve(here, '../dist/widget');

/** Bytes after brotli. */
const LOADER_BUDGET = 1_500;
const CHAT_BUDGET = 25_000;
const CHAT_REQUESTS = 3;

const { output } = await build({ configFile: path.join(here, 'vite.config.ts'), logLevel: 'warn' });

const loader = await build({
  configFile: false,
  root: here,
  publicDir: false,
  logLevel: 'warn',
  build: {
    write: false,
    target: 'es2020',
    rolldownOptions: { input: path.join(here, 'src/loader/loader.ts'), output: { format: 'iife' } },
  },
});
const [script] = loader.output;
const token = script.code.split('__SOTTO_CONFIG__').length - 1;
if (token !== 1) throw new Error(`The loader names __SOTTO_CONFIG__ ${token} times; the server replaces it once.`);
writeFileSync(path.join(out, 'loader.js'), script.code);

/** As long as what the server puts in for an inbox on a host with a name of usual length. */
const SETTINGS = JSON.stringify({
  key: 'eDkUWDrrPKxZUJfbN0xSow',
  colour: '#4f46e5',
  ink: '#fff',
  origin: 'https://support.company.example',
});
const weigh = (file) =>
  brotliCompressSync(readFileSync(file, 'utf8').replace('__SOTTO_CONFIG__', SETTINGS), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
    .length;
const html = readFileSync(path.join(out, 'frame.html'), 'utf8');
if (!html.includes('<!--sotto:config-->')) throw new Error('frame.html has lost the place of its configuration.');

const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
/** A chunk with what it cannot start without. */
const whole = (name) => new Set([name, ...chunks.get(name).imports.flatMap((other) => [...whole(other)])]);
const named = (part) => [...chunks.values()].filter(({ facadeModuleId }) => facadeModuleId?.includes(part)).map(({ fileName }) => fileName);
const [entry] = [...chunks.values()].filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
const languages = named('/frame/texts/');
if (languages.length !== 5) throw new Error(`There are ${languages.length} files of texts where there should be five.`);

const files = ['loader.js', ...output.map(({ fileName }) => fileName)];
const sizes = new Map(files.map((file) => [file, weigh(path.join(out, file))]));
/** What the reader of the longest language loads. */
const longest = languages.reduce((one, other) => (sizes.get(one) > sizes.get(other) ? one : other));
const styles = files.filter((file) => file.endsWith('.css'));
const first = ['frame.html', ...new Set([...whole(entry), ...whole(longest), ...styles])];
const chat = first.reduce((sum, file) => sum + sizes.get(file), 0);
for (const [file, size] of sizes) {
  const rare = file !== 'loader.js' && !first.includes(file) && !languages.includes(file);
  console.log(
    `${file.padEnd(28)} ${String(size).padStart(6)} B brotli${rare ? '  (only where WebSockets are blocked, or under attack)' : ''}`,
  );
}
console.log(
  `Before the click: ${sizes.get('loader.js')} of ${LOADER_BUDGET} B. Open chat: ${chat} of ${CHAT_BUDGET} B in ${first.length} of ${CHAT_REQUESTS} requests.`,
);

if (sizes.get('loader.js') > LOADER_BUDGET || chat > CHAT_BUDGET || first.length > CHAT_REQUESTS) {
  console.error('The widget is heavier than promised.');
  process.exitCode = 1;
}
