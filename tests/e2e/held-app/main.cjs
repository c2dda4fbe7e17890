// The app as tests start it: it is not ready before Playwright has got hold of it.
//
// Playwright holds an app by a file of its own, but not one whose executable is named; then a window that comes while it
// attaches can make it wait for ever (microsoft/playwright#29386). Only that one point of time is another than for users:
// the app is the built one, with its own folder and name.
'use strict';
const { app } = require('electron');
const path = require('node:path');

const root = path.resolve(__dirname, '../../..');
const { main, name, productName, version } = require(path.join(root, 'package.json'));

const ready = app.whenReady();
// The name by which Playwright lets an app go on, once it is attached.
const held = new Promise((letGo) => (globalThis.__playwright_run = letGo));
app.whenReady = async () => {
  await held;
  await ready;
};

app.setAppPath(root);
app.setName(productName ?? name);
app.setVersion(version);
process.argv = process.argv.map((word) => (word === __dirname ? root : word));
require(path.join(root, main));
