// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What kind of thing an app is for, and how people call it. An app that is not listed keeps the
// name it has and the plain verb: nothing is guessed.

const KINDS = {
  write: {
    code: 'VS Code', 'visual studio code': 'VS Code', vscodium: 'VSCodium', codium: 'VSCodium', cursor: 'Cursor',
    zed: 'Zed', emacs: 'Emacs', gvim: 'Vim', vim: 'Vim', kate: 'Kate', gedit: 'gedit', texteditor: 'Text Editor',
    'text-editor': 'Text Editor', mousepad: 'Mousepad', geany: 'Geany', sublime_text: 'Sublime Text',
    obsidian: 'Obsidian', 'libreoffice-writer': 'LibreOffice Writer', idea: 'IntelliJ IDEA', pycharm: 'PyCharm',
    webstorm: 'WebStorm', clion: 'CLion', goland: 'GoLand', rustrover: 'RustRover',
  },
  browse: {
    firefox: 'Firefox', navigator: 'Firefox', librewolf: 'LibreWolf', chromium: 'Chromium', chrome: 'Chrome',
    brave: 'Brave', vivaldi: 'Vivaldi', opera: 'Opera', edge: 'Edge', msedge: 'Edge', safari: 'Safari',
    epiphany: 'Web',
  },
  work: {
    terminal: '', ptyxis: '', console: '', kgx: '',
    xterm: '', konsole: 'Konsole', alacritty: 'Alacritty', kitty: 'kitty', foot: 'foot',
    ghostty: 'Ghostty', 'libreoffice-calc': 'LibreOffice Calc', soffice: 'LibreOffice',
  },
  mail: { thunderbird: 'Thunderbird', geary: 'Geary', evolution: 'Evolution', kmail: 'KMail' },
  chat: {
    signal: 'Signal', telegramdesktop: 'Telegram', telegram: 'Telegram', element: 'Element',
    discord: 'Discord', slack: 'Slack', fractal: 'Fractal',
  },
  read: { evince: 'Document Viewer', papers: 'Papers', okular: 'Okular', zathura: 'zathura', foliate: 'Foliate' },
  watch: { vlc: 'VLC', mpv: 'mpv', totem: 'Videos', showtime: 'Showtime' },
  listen: { spotify: 'Spotify', rhythmbox: 'Rhythmbox', elisa: 'Elisa', strawberry: 'Strawberry', amberol: 'Amberol' },
};

const VIDEO_SITE = /\s[-–—]\s(YouTube|Vimeo|Twitch|Netflix|PeerTube)$/;
const NO_PAGE = /^(new tab|new private tab|about:blank|mozilla firefox|google chrome)$/i;

const APPS = new Map(Object.entries(KINDS).flatMap(
  ([kind, apps]) => Object.entries(apps).map(([key, name]) => [key, { kind, name }])));

/** { kind, name } of a window class, desktop id or program file; terminals have no name. */
export function app(given) {
  const name = given.replace(/\.(exe|desktop)$/i, '').replace(/^([a-z][\w-]*\.){2,}(?=\w)/i, '');
  const key = name.toLowerCase();
  const bare = key.replace(/^(gnome|xfce4|google|microsoft|jetbrains)-/, '')
    .replace(/-(browser|stable|esr|server|desktop|oss|ce|\d[\d.]*)$/, '');
  if (key.startsWith('steam_app_'))
    return { kind: 'play', name };
  return APPS.get(key) ?? APPS.get(bare) ?? { kind: 'use', name };
}

/** The title without the app's own name at its end; '' if nothing is left to say. */
export function title(given, name) {
  const [, rest, tail] = given.match(/^(.*)\s[-–—]\s([^-–—]*)$/) ?? [null, given, ''];
  const short = name.toLowerCase();
  const last = tail.trim().toLowerCase();
  const own = last === short || last.startsWith(`${short} `) || last.endsWith(` ${short}`)
    || (short === 'vs code' && last === 'visual studio code');
  const left = (own ? rest : given).trim();
  return left.toLowerCase() === short || NO_PAGE.test(left) ? '' : left;
}

/** A browser that shows a video site is watched, not read. */
export const kindOf = (kind, rest) => (kind === 'browse' && VIDEO_SITE.test(rest) ? 'watch' : kind);
