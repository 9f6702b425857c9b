// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// heliograph-token and heliograph-device, in a process of their own beside the running server.

const { execute, rows, transact } = require(`${__hooks}/heliograph/answer.js`);
const board = require(`${__hooks}/heliograph/board.js`);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const TOKEN_CHARS = 43;
const STORE_CHARS = 16;
const MAX_NAME_CHARS = 64;

class Failure {
  constructor(message, code = 1) {
    this.message = message;
    this.code = code;
  }
}

const fail = (message) => { throw new Failure(message); };
const misuse = (message) => { throw new Failure(message, 2); };

function checkName(name) {
  // A control character, or half of one that takes two
  if (!name || /^-|\/|[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u.test(name) || name === '.'
      || name === '..' || Array.from(name).length > MAX_NAME_CHARS)
    misuse(`A name has 1 to ${MAX_NAME_CHARS} printable characters, no '/' and no '-' at its `
      + 'beginning');
}

const findToken = (app, name) => rows(app, { id: '', store: '' },
  'SELECT id, store FROM heliograph_tokens WHERE name = {:name}', { name })[0];
const findStore = (app, name) => rows(app, { id: '' },
  'SELECT id FROM heliograph_stores WHERE name = {:name}', { name })[0];

function makeToken(app, name, store) {
  const token = (store ? 'hg_' : 'hgr_')
    + $security.randomStringWithAlphabet(TOKEN_CHARS, ALPHABET);
  app.save(new Record(app.findCollectionByNameOrId('heliograph_tokens'), {
    name, hash: $security.sha256(token), store: store ?? '',
  }));
  return token;
}

function makeStore(app, name) {
  const record = new Record(app.findCollectionByNameOrId('heliograph_stores'), {
    name, store: $security.randomStringWithAlphabet(STORE_CHARS, ALPHABET), seq: 0, public: 'none',
    hours: false, timezone: 'UTC',
  });
  app.save(record);
  return record.id;
}

function addToken(cmd, [name]) {
  let token;
  checkName(name);
  transact((app) => {
    if (findToken(app, name) || findStore(app, name))
      fail(`"${name}" is there already. For a new token in place of its old one: `
        + 'heliograph-token rotate');
    token = makeToken(app, name, cmd.flags().getBool('read') ? null : makeStore(app, name));
  });
  return token;
}

const remove = (app, name) => execute(app, 'DELETE FROM heliograph_tokens WHERE name = {:name}',
  { name });

// A device may have got another name than its token: what a token opens is told by its store alone.
function rotateToken(cmd, [name]) {
  let token;
  transact((app) => {
    const old = findToken(app, name);
    const store = old ? old.store : findStore(app, name)?.id;
    if (!old && !store)
      fail(`There is no token named "${name}"`);
    execute(app, `DELETE FROM heliograph_tokens
      WHERE name = {:name} OR (store = {:store} AND store <> '')`, { name, store });
    token = makeToken(app, name, store);
  });
  return token;
}

function revokeToken(cmd, [name]) {
  if (remove($app, name) === 0)
    fail(`There is no token named "${name}"`);
}

function listTokens() {
  return rows($app, { name: '', store: '', created: '' },
    'SELECT name, store, created FROM heliograph_tokens ORDER BY name')
    .map(({ name, store, created }) => [name, store ? 'device' : 'reads',
      `made ${created.slice(0, 16)} UTC`].join('\t')).join('\n');
}

function setDevice(cmd, [name]) {
  const flags = cmd.flags();
  const [audience, hours, timezone] = ['public', 'hours', 'timezone']
    .map((flag) => (flags.changed(flag) ? flags.getString(flag) : null));
  if (audience === null && hours === null && timezone === null)
    misuse('set needs --public, --hours or --timezone');
  if (audience !== null && !['none', 'state', 'activity'].includes(audience))
    misuse(`"${audience}" is not none, state or activity`);
  if (hours !== null && hours !== 'on' && hours !== 'off')
    misuse('--hours is on or off');
  // A zone that is not known becomes another one without a word.
  if (timezone !== null && (timezone === 'Local' || new Timezone(timezone).string() !== timezone))
    misuse(`The time zone "${timezone}" is not known here; it looks like Europe/Berlin`);
  if (execute($app, `UPDATE heliograph_stores
      SET public = coalesce({:audience}, public), hours = coalesce({:hours}, hours),
          timezone = coalesce({:timezone}, timezone) WHERE name = {:name}`,
  { name, audience, hours: hours === null ? null : hours === 'on', timezone }) === 0)
    fail(`There is no device named "${name}"`);
  board.refresh();
}

function listDevices() {
  return board.readStores($app).map((store) => [store.name, `public ${store.public}`,
    `hours ${store.hours ? 'on' : 'off'}`, store.timezone, 'last seen '
      + (store.last_seen ? `${new Date(store.last_seen).toISOString().slice(0, 16)
        .replace('T', ' ')} UTC` : 'never')].join('\t')).join('\n');
}

const COMMANDS = {
  'heliograph-token': { add: addToken, list: listTokens, revoke: revokeToken, rotate: rotateToken },
  'heliograph-device': { set: setDevice, list: listDevices },
};

function run(cmd, args) {
  let code = 0;
  try {
    if (args.length !== (cmd.name() === 'list' ? 0 : 1))
      misuse(`${cmd.name()} needs ${cmd.name() === 'list' ? 'nothing more' : 'one name'}`);
    $app.runAppMigrations();
    const text = COMMANDS[cmd.parent().name()][cmd.name()](cmd, args);
    if (text)
      cmd.outOrStdout().write(toBytes(`${text}\n`));
  } catch (error) {
    // PocketBase lets its commands tell their errors on standard output, where a token is expected.
    console.error(error.message ?? String(error));
    code = error instanceof Failure ? error.code : 1;
  }
  if (code !== 0)
    $os.exit(code);
}

module.exports = { run };
