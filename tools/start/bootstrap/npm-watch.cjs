// npm runs a script through a shell. When npm is terminated, npm and that shell die, and nobody tells the script: so it looks for itself.
'use strict';
const fs = require('fs');

const EVERY_MS = 500;

/** Stops this process (SIGTERM) once the npm that runs it is gone. Does nothing when it was not npm that started it, so that it may outlive its shell. */
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const [shell, npm] = [process.ppid, parentOf(process.ppid)];
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, EVERY_MS);
  timer.unref();
}

/** Where the system does not say, always the same. */
function parentOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The parent is the second field after the program's name in parentheses (proc(5)).
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return '';
  }
}

module.exports = { stopWithNpm };
