// Installs what package-lock.json names, unless just that is installed. npm notes what it installed in node_modules/.package-lock.json, once it is done.
'use strict';
const fs = require('fs');
const path = require('path');
const { npm } = require('./npm.cjs');
const { needWritableProject, root, step } = require('./steps.cjs');

function installPackages() {
  if (isInstalled()) return;
  needWritableProject();
  step('installing packages (npm ci), half a minute or so');
  npm(['ci', '--include=dev', '--prefer-offline'], 'installing packages');
  step('packages are installed');
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (installed === null) return false;
  return Object.keys(wanted).every((place) => {
    if (place === '') return true;
    const found = installed[place];
    return found ? found.version === wanted[place].version : wanted[place].optional === true || wanted[place].devOptional === true;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, lockFile), 'utf8')).packages;
  } catch {
    return null;
  }
}

module.exports = { installPackages };
