// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One device's live status on any website:
//   <script src="https://SERVER/widget.js" data-device="laptop" async></script>
// It stands where the script stands; without data-device it shows whichever device is in use.
// Colours and shape: the --heliograph-* below.
(() => {
  const script = document.currentScript;
  const wanted = script.dataset.device;
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

  const make = (tag, ...children) => {
    const element = document.createElement(tag);
    element.append(...children);
    return element;
  };
  const status = make('span');
  const detail = make('small');
  const box = make('div', make('i'), make('p', status, detail));
  status.role = 'status'; // says state and app; the detail beside it changes too often to be said
  detail.dir = 'auto';

  let devices = new Map();
  let stream = null;
  let contact = 0;
  let live = false;
  let offset = 0;
  let retry = 500;
  let timer = 0;

  const after = (ms, what) => {
    clearTimeout(timer);
    timer = setTimeout(what, ms);
  };
  const now = () => Date.now() + offset;
  const english = (navigator.languages ?? []).find((tag) => tag.startsWith('en')) ?? 'en-GB';
  const clock = (ms) => new Intl.DateTimeFormat(english, {
    hour: '2-digit', minute: '2-digit',
    ...(now() - ms > 72e6 && { weekday: 'short', day: 'numeric', month: 'short' }),
  }).format(ms);
  const lasted = (ms) => {
    const minutes = Math.max(0, Math.floor((now() - ms) / 60e3));
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };
  const write = (element, text) => {
    if (element.textContent !== text)
      element.textContent = text;
  };

  function show() {
    const found = [...devices.values()].filter((it) => !wanted || it.name === wanted).sort((a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) || (b.since ?? 0) - (a.since ?? 0))[0];
    const { name, state, since, activity, media } = found ?? {};
    const active = state === 'active';
    const current = live && now() - contact < 40e3;
    const about = name ?? wanted ?? 'Heliograph';
    const what = (found ? state : 'no status') + (active && activity?.app ? `, ${activity.app}` : '');
    box.className = current ? state ?? '' : 'stale';
    if (!current) {
      write(status, contact ? `${about}: was ${what}` : `${about}: no connection`);
      write(detail, contact ? `connection lost, as of ${clock(contact)}` : '');
      return;
    }
    write(status, `${about}: ${what}`);
    const song = media?.title && `♪ ${media.title}${media.artist ? ` – ${media.artist}` : ''}`;
    const from = active ? activity?.since ?? since : since;
    write(detail, [active && activity?.title, song, from && `since ${clock(from)}`, active && from && lasted(from)]
      .filter(Boolean).join(' · '));
  }

  function close() {
    clearTimeout(timer);
    stream?.close();
    stream = null;
    live = false;
    show();
  }
  function lost() {
    close();
    after(retry, open);
    retry = Math.min(retry * 2, 30e3);
  }
  function open() {
    close();
    if (document.hidden)
      return;
    const mine = stream = new EventSource(`${base}/live`);
    let early = [];
    const take = (it) => (it.gone ? devices.delete(it.name) : devices.set(it.name, it));
    const proved = () => {
      contact = now();
      after(30e3, ask);
      show();
    };
    const get = async (url) => {
      const answer = await fetch(url, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(8e3) });
      return answer.ok ? answer.json() : Promise.reject();
    };
    // The stream's keep-alive is invisible to scripts, so in silence the server is asked.
    async function ask() {
      const asked = Date.now();
      early = [];
      try {
        const [info, list] = await Promise.all([get(base), get(`${base}/devices`)]);
        if (mine !== stream)
          return;
        if (mine.readyState !== 1)
          throw 0;
        offset = info.now - (asked + Date.now()) / 2;
        devices = new Map(list.map((it) => [it.name, it]));
      } catch {
        if (mine === stream)
          lost();
        return;
      }
      early.forEach(take);
      live = true;
      retry = 500;
      proved();
    }
    mine.onopen = ask;
    mine.onerror = lost;
    mine.addEventListener('device', (event) => {
      const it = JSON.parse(event.data);
      early.push(it);
      take(it);
      if (live)
        proved();
    });
    after(30e3, lost);
  }

  function start() {
    const host = make('div');
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet(); // allowed where a website forbids inline styles
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
      else if (!live || now() - contact > 30e3)
        open();
    });
    addEventListener('pageshow', (event) => event.persisted && open());
    addEventListener('pagehide', close);
    setInterval(() => (live && now() - contact > 40e3 ? lost() : show()), 5e3);
    open();
  }
  if (document.readyState === 'loading')
    addEventListener('DOMContentLoaded', start);
  else
    start();
})();
