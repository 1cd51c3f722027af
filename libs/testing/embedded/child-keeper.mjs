// Runs one server program and ends it when whoever started this keeper is gone, however that came about: the IPC channel to the starter closes
// with the starter, kill -9 included. Plain JavaScript without dependencies, since it runs outside the build.
import { spawn } from 'node:child_process';

const { command, args, options, stopSignal, graceMs } = JSON.parse(process.argv[2]);
const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;

function stop() {
  if (stopping) return;
  stopping = true;
  child.kill(stopSignal);
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
}
function tell(message) {
  if (process.connected) process.send(message, () => undefined);
}

child.on('spawn', () => tell({ pid: child.pid }));
child.on('error', (error) => {
  tell({ error: error.message });
  process.exitCode = 127;
  if (process.connected) process.disconnect();
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128;
  tell({ exited: { code, signal } });
  if (process.connected) process.disconnect();
});
process.on('message', (message) => message === 'stop' && stop());
process.on('disconnect', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
