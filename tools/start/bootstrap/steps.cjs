// Where the project is, and how the bootstrap says what it does: one line a step, with the seconds since it began.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../../..');
const began = Number(process.env.TOLLGATE_STARTED_AT) || Date.now();
process.env.TOLLGATE_STARTED_AT = String(began);

function step(text) {
  console.log(`[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}`);
}

function fail(text) {
  console.error(`\n✗ ${text}`);
  process.exit(1);
}

function isWritable(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What is installed lies in the project's own folder, so that has to be writable. */
function needWritableProject() {
  if (isWritable(root) && isWritable(path.join(root, '.tollgate'))) return;
  fail(
    `${root} cannot be written by ${os.userInfo().username}: clone the project into a folder of your own, or give this one to that user.`,
  );
}

/** npm's environment: a home folder that cannot be written is not asked for its cache. */
function npmEnvironment() {
  const cache = process.env.npm_config_cache || path.join(os.homedir(), '.npm');
  if (isWritable(cache)) return process.env;
  return Object.assign({}, process.env, { npm_config_cache: path.join(root, '.tollgate', 'npm-cache') });
}

module.exports = { root, step, fail, needWritableProject, npmEnvironment };
