// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the server says, and whether that can still be believed.
//
// heliograph-server streams its devices. PocketBase has no such stream: there its own realtime API
// says that some device changed, and the list is read again, so what is private can't come through.
//
// The stream's keep-alive comments are invisible to a script, so silence is not trusted: after QUIET
// the server is asked and must answer within ANSWER; beyond STALE nothing is shown as current.

const QUIET = 30e3;
const ANSWER = 8e3;
const STALE = 40e3;
const UNSEEN = 60e3;
const RETRY_FIRST = 500;
const RETRY_MOST = 30e3;
const SOON = 100;
const RECORDS = 'heliograph_devices/*';

const asking = () => ({ cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(ANSWER) });

export async function get(url) {
  const answer = await fetch(url, asking());
  if (!answer.ok)
    throw Object.assign(new Error(`${answer.status}`), { status: answer.status });
  return answer.json();
}

// Status reports move last_seen without being a change that the stream would tell.
const print = (devices) => JSON.stringify(
  [...devices.values()].map((device) => ({ ...device, last_seen: 0 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)));

export class Feed {
  devices = new Map();
  contact = 0;        // when the server last proved to be there, by its own clock
  #base;
  #changed;
  #stream = null;
  #source = '';       // where the stream is, once that is known
  #records = false;   // it is PocketBase's
  #anew = false;      // connected again, and not yet answered
  #asks = false;
  #again = false;     // something changed while the list was being read
  #whole = false;     // the snapshot of this connection is complete
  #failed = false;    // the connection broke, rather than never began or was not needed
  #heard = new Map(); // what the stream said while a snapshot is being read
  #offset = 0;        // the server's clock - ours
  #retry = RETRY_FIRST;
  #timer = 0;

  constructor(base, changed) {
    this.#base = base;
    this.#changed = changed;
    document.addEventListener('visibilitychange', () => this.#seen());
    addEventListener('pageshow', (event) => event.persisted && this.#seen());
    addEventListener('pagehide', () => this.#close());
    addEventListener('offline', () => this.#lost());
    addEventListener('online', () => this.open());
  }

  get live() {
    return this.#whole && this.#age() < STALE;
  }

  /** 'live', 'lost' or 'waiting' */
  get link() {
    if (this.live)
      return 'live';
    return this.#failed ? 'lost' : 'waiting';
  }

  /** The server's time; it stands still while nothing is known. */
  get now() {
    return this.live ? Date.now() + this.#offset : this.contact;
  }

  /** To be called now and then: timers stand still while a computer sleeps. */
  watch() {
    if (this.#whole && !this.live)
      this.#lost();
  }

  // After a clock was set back an age means nothing.
  #age() {
    const age = Date.now() + this.#offset - this.contact;
    return age < -STALE ? Infinity : age;
  }

  // A page that nobody looks at holds no connection: browsers allow only a few per server.
  #seen() {
    if (document.hidden)
      this.#after(UNSEEN, () => this.#close());
    else if (this.#stream && this.live)
      this.#ask();
    else
      this.open();
  }

  #after(ms, what) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
    this.#whole = false;
    this.#asks = false;
    this.#heard = new Map();
    this.#changed();
  }

  #lost() {
    this.#failed = true;
    this.#close();
    this.#after(this.#retry * (0.5 + Math.random() / 2), () => this.open());
    this.#retry = Math.min(this.#retry * 2, RETRY_MOST);
  }

  // PocketBase ends each stream after a while: one that told all is followed by another before
  // anybody is alarmed.
  #broke() {
    if (!this.#whole || this.#anew)
      return this.#lost();
    this.#anew = true;
    this.#connect();
  }

  /** Connects, or connects anew. */
  open() {
    this.#close();
    this.#anew = false;
    if (!document.hidden)
      this.#connect();
  }

  async #find() {
    const { status } = await fetch(`${this.#base}/live`, { ...asking(), method: 'HEAD' });
    this.#records = status === 404;
    this.#source = this.#records ? new URL('../../realtime', `${this.#base}/`).href : `${this.#base}/live`;
  }

  async #connect() {
    const mine = { close() {} }; // until there is a stream
    this.#stream?.close();
    this.#stream = mine;
    this.#asks = false;
    this.#after(QUIET, () => this.#lost());
    try {
      if (!this.#source)
        await this.#find();
    } catch {
      if (mine === this.#stream)
        this.#lost();
      return;
    }
    if (mine !== this.#stream)
      return;
    const stream = new EventSource(this.#source);
    this.#stream = stream;
    stream.addEventListener('error', () => this.#broke());
    if (this.#records) {
      stream.addEventListener('PB_CONNECT', (event) => this.#subscribe(JSON.parse(event.data).clientId));
      stream.addEventListener(RECORDS, () => setTimeout(() => stream === this.#stream && this.#ask(), SOON));
    } else {
      stream.addEventListener('open', () => this.#ask());
      stream.addEventListener('device', (event) => this.#hear(JSON.parse(event.data)));
    }
  }

  async #subscribe(clientId) {
    const stream = this.#stream;
    try {
      const answer = await fetch(this.#source, {
        ...asking(), method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ clientId, subscriptions: [RECORDS] }),
      });
      if (!answer.ok)
        throw new Error(`${answer.status}`);
    } catch {
      if (stream === this.#stream)
        this.#broke();
      return;
    }
    if (stream === this.#stream)
      this.#ask();
  }

  #hear(device) {
    this.#heard.set(device.name, device);
    if (!this.#whole)
      return;
    this.#take(this.devices, device);
    this.#proved();
  }

  #take(devices, device) {
    if (device.gone)
      devices.delete(device.name);
    else
      devices.set(device.name, device);
  }

  #proved() {
    this.contact = Date.now() + this.#offset;
    if (!document.hidden)
      this.#after(QUIET, () => this.#ask(true));
    this.#changed();
  }

  // Reads the whole list: after opening because a stream doesn't say where its snapshot ends, and
  // in silence because a dead stream doesn't say that it is dead.
  async #ask(silent = false) {
    const stream = this.#stream;
    if (stream?.readyState !== EventSource.OPEN)
      return this.#anew || this.#broke();
    if (this.#asks)
      return this.#again = true;
    this.#asks = true;
    this.#again = false;
    if (this.#whole)
      this.#heard = new Map();
    const asked = Date.now();
    let info, list;
    try {
      [info, list] = await Promise.all([get(this.#base), get(`${this.#base}/devices`)]);
    } catch {
      if (stream === this.#stream)
        this.#lost();
      return;
    }
    if (stream !== this.#stream)
      return;
    const devices = new Map(list.map((device) => [device.name, device]));
    for (const device of this.#heard.values())
      this.#take(devices, device);
    const missed = silent && print(devices) !== print(this.devices);
    this.#offset = info.now - (asked + Date.now()) / 2;
    this.devices = devices;
    this.#asks = false;
    this.#whole = true;
    this.#failed = false;
    this.#anew = false;
    this.#retry = RETRY_FIRST;
    this.#heard = new Map();
    this.#proved();
    if (this.#again)
      this.#ask();
    else if (missed)
      this.#connect();
  }
}
