// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One device's live status on any website:
//   <script src="SERVER/widget.js" data-device="laptop" async></script>
// It stands where the script stands. Without data-device: whichever device is in use; with
// data-language="de": not the visitor's language. Colours and shape: the --heliograph-* below.
(() => {
  const script = document.currentScript;
  const { device: wanted, language } = script.dataset;
  const base = new URL('api/heliograph/v1', script.src).href;
  const order = ['active', 'away', 'locked', 'online', 'paused', 'offline'];
  const css = `:host{display:inline-block;max-width:100%}
div{display:flex;gap:.7em;align-items:baseline;padding:var(--heliograph-padding,.6em 1em);
border:var(--heliograph-border,1px solid #8885);border-radius:var(--heliograph-radius,.8em);
background:var(--heliograph-background,transparent);color:var(--heliograph-color,inherit);
font:var(--heliograph-font,inherit);line-height:1.4;overflow-wrap:anywhere}
i{flex:none;width:.65em;height:.65em;border:.14em solid;border-radius:50%;box-sizing:border-box}
.active i{background:var(--heliograph-accent,#d9861a);border-color:var(--heliograph-accent,#d9861a)}
p{margin:0}small{display:block;font-size:.85em}.stale{filter:grayscale(1)}
.stale p,small{color:var(--heliograph-muted,inherit)}`;

  // The states in their order, then 6: none, was, no connection, lost, since
  const words = {
    en: 'active|away|locked|online|paused|offline|no status|was {}|no connection|connection lost, as of {}|since {}',
    de: 'aktiv|abwesend|gesperrt|verbunden|pausiert|offline|kein Status|war {}|keine Verbindung|Verbindung verloren, Stand {}|seit {}',
    fr: 'actif|absent|verrouillé|connecté|en pause|hors ligne|aucun statut|était {}|aucune connexion|connexion perdue, vu à {}|depuis {}',
    es: 'activo|ausente|bloqueado|conectado|en pausa|desconectado|sin estado|estaba {}|sin conexión|conexión perdida, visto a las {}|desde {}',
    zh: '活跃|离开|已锁定|在线|已暂停|离线|无状态|曾{}|无连接|连接已断开，截至 {}|自 {} 起',
  };
  const short = (tag) => tag.split('-')[0];
  const locale = [language, ...navigator.languages ?? []].find((tag) => tag && words[short(tag)]) ?? 'en-GB';
  const word = words[short(locale)].split('|');
  const say = (key, value) => word[key].replace('{}', () => value);

  const make = (tag, ...children) => {
    const element = document.createElement(tag);
    element.append(...children);
    return element;
  };
  const [status, detail] = [make('span'), make('small')];
  const box = make('div', make('i'), make('p', status, detail));
  status.role = 'status'; // the detail changes too often to be said
  status.dir = detail.dir = 'auto';
  box.lang = locale;

  let devices = new Map();
  let source, stream, timer;
  let contact = 0;
  let offset = 0;
  let failures = 0; // a single one is PocketBase ending a stream

  const after = (ms, what) => {
    clearTimeout(timer);
    timer = setTimeout(what, ms);
  };
  const now = () => Date.now() + offset;
  const isFresh = () => contact && failures < 2 && now() - contact < 40e3;
  const clock = (ms) => new Intl.DateTimeFormat(locale, {
    hour: '2-digit', minute: '2-digit',
    ...(now() - ms > 72e6 && { weekday: 'short', day: 'numeric', month: 'short' }),
  }).format(ms);
  const ago = (ms) => {
    const minutes = Math.max(0, now() - ms) / 60e3;
    const [size, unit] = minutes < 60 ? [1, 'minute'] : minutes < 2880 ? [60, 'hour'] : [1440, 'day'];
    return new Intl.RelativeTimeFormat(locale).format(-Math.floor(minutes / size), unit);
  };
  const write = (to, text) => to.textContent === text || to.replaceChildren(text);

  function show() {
    const found = [...devices.values()].filter((it) => !wanted || it.name === wanted).sort((a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) || (b.since ?? 0) - (a.since ?? 0))[0];
    const { name, state, since, activity, media } = found ?? {};
    const used = state === 'active' && activity;
    const about = name ?? wanted ?? 'Heliograph';
    const what = (found ? word[order.indexOf(state)] : word[6]) + (used?.app ? `, ${used.app}` : '');
    box.className = isFresh() ? state ?? '' : 'stale';
    if (!isFresh()) {
      write(status, `${about}: ${contact ? say(7, what) : word[8]}`);
      write(detail, contact ? say(9, clock(contact)) : '');
      return;
    }
    write(status, `${about}: ${what}`);
    const song = media?.title && `♪ ${[media.title, media.artist].filter(Boolean).join(' – ')}`;
    const from = used?.since ?? since;
    write(detail, [used?.title, song, from && `${say(10, clock(from))} · ${ago(from)}`]
      .filter(Boolean).join(' · '));
  }

  function close() {
    clearTimeout(timer);
    stream?.close();
    stream = null;
    show();
  }
  function lost() {
    failures += 1;
    close();
    after(Math.min(250 * 2 ** failures, 30e3), open);
  }
  const call = async (url, more) => {
    const answer = await fetch(url, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(8e3), ...more });
    return answer.ok || more?.method === 'HEAD' ? answer : Promise.reject();
  };
  function open() {
    close();
    if (document.hidden)
      return;
    let mine = stream = { close() {} };
    let asks = false;
    let again = false;
    const guard = (work) => (event) => work(event).catch(() => mine === stream && lost());
    const proved = () => {
      contact = now();
      if (!document.hidden)
        after(30e3, ask);
      show();
    };
    // A keep-alive is invisible to scripts, so in silence the server is asked.
    const ask = guard(async () => {
      again = asks;
      if (asks || mine !== stream)
        return;
      asks = true;
      const asked = Date.now();
      const [info, list] = await Promise.all([base, `${base}/devices`].map(async (url) => (await call(url)).json()));
      if (mine !== stream)
        return;
      if (mine.readyState !== 1)
        throw 0;
      offset = info.now - (asked + Date.now()) / 2;
      devices = new Map(list.map((it) => [it.name, it]));
      asks = false;
      failures = 0;
      proved();
      if (again)
        ask();
    });
    after(30e3, lost);
    guard(async () => {
      const realtime = new URL('../../realtime', `${base}/`).href; // PocketBase's
      source ||= (await call(`${base}/live`, { method: 'HEAD' })).status === 404 ? realtime : `${base}/live`;
      if (mine !== stream)
        return;
      mine = stream = new EventSource(source);
      mine.onerror = lost;
      if (source !== realtime) {
        mine.onopen = ask;
        mine.addEventListener('device', (event) => {
          const it = JSON.parse(event.data);
          devices[it.gone ? 'delete' : 'set'](it.name, it);
          again = asks || proved();
        });
        return;
      }
      // Only that a record changed is believed; what is public is read.
      const topic = 'heliograph_devices/*';
      mine.addEventListener('PB_CONNECT', guard(async (event) => {
        const body = JSON.stringify({ ...JSON.parse(event.data), subscriptions: [topic] });
        await call(source, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
        ask();
      }));
      mine.addEventListener(topic, () => setTimeout(ask, 100));
    })();
  }

  function start() {
    const host = make('div');
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(box);
    if (script.closest('body'))
      script.after(host);
    else
      document.body.append(host);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden)
        after(60e3, close);
      else if (!stream || now() - contact > 30e3)
        open();
    });
    addEventListener('pagehide', close);
    setInterval(() => (stream && contact && now() - contact > 40e3 ? lost() : show()), 5e3);
    open();
  }
  if (document.readyState === 'loading')
    addEventListener('DOMContentLoaded', start);
  else
    start();
})();
