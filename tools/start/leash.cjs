// Loaded before a service's own code (node --require): asks the service to stop when whoever started it is gone, kill -9 included, and insists.
'use strict';
const INSIST_AFTER_MS = 15_000;

if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), INSIST_AFTER_MS).unref();
  });
  // The channel alone does not keep a service running.
  process.channel.unref();
}
