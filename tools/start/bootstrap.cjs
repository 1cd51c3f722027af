// The way in of npm start, npm test and npm run check. Plain JavaScript without dependencies, for any Node from 14 on: it brings Node 24, the packages
// and the build, each only when missing, and hands over. Works from any folder.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');
const { stopWithNpm } = require('./bootstrap/npm-watch.cjs');
const { continueOnNode24, NODE_MAJOR } = require('./bootstrap/own-node.cjs');
const { installPackages } = require('./bootstrap/packages.cjs');
const { fail, root, step } = require('./bootstrap/steps.cjs');

const [command, ...args] = process.argv.slice(2);
const commands = {
  start: () => handOver('dist/tools/start/main.js'),
  test: () => handOver('dist/tools/start/test-command.js'),
  chaos: () => handOver('dist/tools/chaos/main.js'),
  bench: () => handOver('dist/tools/bench/main.js'),
  check: () =>
    process.exit(spawnSync(process.execPath, [path.join(root, 'tools/guards/check.mjs'), ...args], { stdio: 'inherit' }).status || 0),
};

/** The program reads its options from the arguments after its own name, as if it had been started by itself. */
function handOver(program) {
  build();
  const file = path.join(root, program);
  process.argv = [process.argv[0], file, ...args];
  require(file);
}

function build() {
  const done = spawnSync(process.execPath, [path.join(root, 'tools/build/build.mjs')], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) fail(`the build failed:\n${done.stdout}${done.stderr}`);
  step(done.stdout.trim());
}

if (!Object.prototype.hasOwnProperty.call(commands, command || '')) {
  fail(`use: node tools/start/bootstrap.cjs ${Object.keys(commands).join(' | ')} [options]`);
}
// On the way to Node 24, the process that npm started watches for both.
if (!process.channel) stopWithNpm();
if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  continueOnNode24(__filename, process.argv.slice(2));
} else {
  process.env.PATH = [path.dirname(process.execPath), process.env.PATH].filter(Boolean).join(path.delimiter);
  // Certificates that the system trusts are trusted: a company's network often re-signs what packages are fetched from.
  process.env.NODE_USE_SYSTEM_CA = process.env.NODE_USE_SYSTEM_CA || '1';
  installPackages();
  commands[command]();
}
