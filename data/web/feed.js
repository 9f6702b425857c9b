// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the server says, and whether that can still be believed.
//
// The stream's keep-alive comments are invisible to a script, so silence is not trusted: after QUIET
// the server is asked and must answer within ANSWER; beyond STALE nothing is shown as current.

const QUIET = 30e3;
const ANSWER = 8e3;
const STALE = 40e3;
const UNSEEN = 60e3;
const RETRY_FIRST = 500;
const RETRY_MOST = 30e3;

export async function get(url) {
  const answer = await fetch(url, {
    cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(ANSWER),
  });
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
    this.#heard = new Map();
    this.#changed();
  }

  #lost() {
    this.#failed = true;
    this.#close();
    this.#after(this.#retry * (0.5 + Math.random() / 2), () => this.open());
    this.#retry = Math.min(this.#retry * 2, RETRY_MOST);
  }

  /** Connects, or connects anew. */
  open() {
    this.#close();
    if (!document.hidden)
      this.#connect();
  }

  #connect() {
    this.#stream?.close();
    const stream = new EventSource(`${this.#base}/live`);
    this.#stream = stream;
    stream.addEventListener('open', () => this.#ask());
    stream.addEventListener('error', () => this.#lost());
    stream.addEventListener('device', (event) => this.#hear(JSON.parse(event.data)));
    this.#after(QUIET, () => this.#lost());
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
      this.#after(QUIET, () => this.#ask());
    this.#changed();
  }

  // Reads the whole list: after opening because a stream doesn't say where its snapshot ends, and
  // in silence because a dead stream doesn't say that it is dead.
  async #ask() {
    const stream = this.#stream;
    if (!stream || stream.readyState !== EventSource.OPEN)
      return this.#lost();
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
    const missed = this.#whole && print(devices) !== print(this.devices);
    this.#offset = info.now - (asked + Date.now()) / 2;
    this.devices = devices;
    this.#whole = true;
    this.#failed = false;
    this.#retry = RETRY_FIRST;
    this.#heard = new Map();
    this.#proved();
    if (missed)
      this.#connect();
  }
}
