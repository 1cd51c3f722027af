import { spawn } from 'node:child_process';

/** Runs a program to its end and resolves to what it printed; rejects with its last lines when it fails or cannot be run. */
export async function runProgram(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} failed (${code}): ${output.trim().slice(-600)}`)),
    );
  });
}

/** Like {@link runProgram}, but null instead of an error: for asking whether a tool is there. */
export async function tryProgram(command: string, args: string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<string | null> {
  return runProgram(command, args, options).catch(() => null);
}
