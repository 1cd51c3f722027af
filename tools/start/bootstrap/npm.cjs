// Runs the npm at hand: the one that runs this script, the one beside this Node, or the one on PATH.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { fail, npmEnvironment, root } = require('./steps.cjs');

function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.[cm]?js$/.test(running) && fs.existsSync(running)) return [process.execPath, running];
  const shipped = path.resolve(path.dirname(fs.realpathSync(process.execPath)), '../lib/node_modules/npm/bin/npm-cli.js');
  return fs.existsSync(shipped) ? [process.execPath, shipped] : ['npm'];
}

function npm(args, what) {
  const [command, ...before] = npmCommand();
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: npmEnvironment(), maxBuffer: 1 << 26 };
  const done = spawnSync(command, [...before, ...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
  if (done.error) fail(`${what} needs npm, which cannot be run: ${done.error.message}`);
  if (done.status !== 0) fail(`${what} failed (npm ${args[0]}):\n${(done.stdout + done.stderr).trim().slice(-3000)}`);
}

module.exports = { npm };
