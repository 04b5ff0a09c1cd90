import { spawn } from 'node:child_process';
import { root } from './place.mjs';

/**
 * Runs a command in the repository and resolves with its exit code.
 * The output goes to the terminal, or is collected when `quiet`.
 */
export function run(command, args, { quiet = false, env = process.env, cwd = root, onChild = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    });
    onChild(child);
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), signal, output }));
  });
}

/** PATH without any node_modules/.bin, so that npm runs under the machine's own Node while it replaces ours. */
export function pathOfMachine(env = process.env) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return (env.PATH ?? '')
    .split(separator)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder))
    .join(separator);
}
