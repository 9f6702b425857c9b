// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What kind of thing an app is for, and how people call it. An app that is not listed keeps the
// name it has and the plain verb: nothing is guessed.

const KINDS = {
  write: {
    code: 'VS Code', 'code-oss': 'VS Code', 'visual studio code': 'VS Code', vscodium: 'VSCodium',
    codium: 'VSCodium', zed: 'Zed', emacs: 'Emacs', gvim: 'Vim', vim: 'Vim', neovide: 'Neovim', kate: 'Kate',
    kwrite: 'KWrite', gedit: 'gedit', texteditor: 'Text Editor', 'gnome-text-editor': 'Text Editor',
    builder: 'Builder', mousepad: 'Mousepad', xed: 'Xed', geany: 'Geany', sublime_text: 'Sublime Text',
    obsidian: 'Obsidian', typora: 'Typora', texstudio: 'TeXstudio', lyx: 'LyX',
    'libreoffice-writer': 'LibreOffice Writer', 'jetbrains-idea': 'IntelliJ IDEA',
    'jetbrains-idea-ce': 'IntelliJ IDEA', 'jetbrains-pycharm': 'PyCharm', 'jetbrains-pycharm-ce': 'PyCharm',
    'jetbrains-webstorm': 'WebStorm', 'jetbrains-clion': 'CLion', 'jetbrains-goland': 'GoLand',
    'jetbrains-rustrover': 'RustRover', 'jetbrains-studio': 'Android Studio', cursor: 'Cursor',
  },
  browse: {
    firefox: 'Firefox', 'firefox-esr': 'Firefox', navigator: 'Firefox', librewolf: 'LibreWolf',
    chromium: 'Chromium', 'chromium-browser': 'Chromium', 'google-chrome': 'Chrome', chrome: 'Chrome',
    'brave-browser': 'Brave', brave: 'Brave', vivaldi: 'Vivaldi', 'vivaldi-stable': 'Vivaldi', opera: 'Opera',
    'microsoft-edge': 'Edge', msedge: 'Edge', safari: 'Safari', epiphany: 'Web', falkon: 'Falkon',
    qutebrowser: 'qutebrowser', zen: 'Zen',
  },
  work: {
    'gnome-terminal': 'the terminal', 'gnome-terminal-server': 'the terminal', terminal: 'the terminal',
    'xfce4-terminal': 'the terminal', ptyxis: 'the terminal', console: 'the terminal', kgx: 'the terminal',
    xterm: 'the terminal', konsole: 'Konsole', alacritty: 'Alacritty', kitty: 'kitty', foot: 'foot',
    tilix: 'Tilix', wezterm: 'WezTerm', ghostty: 'Ghostty', 'libreoffice-calc': 'LibreOffice Calc',
    'libreoffice-impress': 'LibreOffice Impress', soffice: 'LibreOffice', libreoffice: 'LibreOffice',
  },
  mail: { thunderbird: 'Thunderbird', geary: 'Geary', evolution: 'Evolution', kmail: 'KMail' },
  chat: {
    signal: 'Signal', telegramdesktop: 'Telegram', 'telegram-desktop': 'Telegram', element: 'Element',
    discord: 'Discord', vesktop: 'Discord', slack: 'Slack', fractal: 'Fractal', dino: 'Dino',
    polari: 'Polari', hexchat: 'HexChat',
  },
  read: {
    evince: 'Document Viewer', papers: 'Papers', okular: 'Okular', zathura: 'zathura', xreader: 'Xreader',
    atril: 'Atril', calibre: 'calibre', foliate: 'Foliate', zotero: 'Zotero',
  },
  watch: { vlc: 'VLC', mpv: 'mpv', totem: 'Videos', celluloid: 'Celluloid', showtime: 'Showtime', haruna: 'Haruna' },
  listen: {
    spotify: 'Spotify', rhythmbox: 'Rhythmbox', lollypop: 'Lollypop', elisa: 'Elisa', strawberry: 'Strawberry',
    clementine: 'Clementine', quodlibet: 'Quod Libet', amberol: 'Amberol', audacious: 'Audacious',
  },
  draw: { krita: 'Krita', inkscape: 'Inkscape', mypaint: 'MyPaint', drawing: 'Drawing' },
  image: { gimp: 'GIMP', darktable: 'darktable', rawtherapee: 'RawTherapee', digikam: 'digiKam' },
  model: { blender: 'Blender', freecad: 'FreeCAD', openscad: 'OpenSCAD' },
};

const VIDEO_SITE = /\s[-–—|]\s(YouTube|Vimeo|Twitch|Netflix|PeerTube|Nebula)$/;
const NO_PAGE = /^(new tab|new private tab|about:blank|mozilla firefox|google chrome)$/i;

const APPS = new Map(Object.entries(KINDS).flatMap(
  ([kind, apps]) => Object.entries(apps).map(([key, name]) => [key, { kind, name }])));

/** { kind, name, short } of a window class, desktop id or program file. */
export function app(given) {
  const short = given.replace(/\.(exe|desktop|AppImage)$/i, '')
    .replace(/^(?:[a-z][\w-]*\.){2,}(?=\w)/i, '');
  const key = short.toLowerCase();
  if (key.startsWith('steam_app_'))
    return { kind: 'play', name: short };
  return APPS.get(key) ?? APPS.get(key.replace(/-\d[\d.]*$/, '')) ?? { kind: 'use', name: short };
}

/** The title without the app's own name at its end; '' if nothing is left to say. */
export function title(given, name) {
  const at = given.search(/\s[-–—]\s[^-–—]*$/);
  const tail = at < 0 ? '' : given.slice(at).replace(/^\s[-–—]\s/, '').trim().toLowerCase();
  const short = name.toLowerCase();
  const own = tail === short || tail.startsWith(`${short} `) || tail.endsWith(` ${short}`)
    || (short === 'vs code' && tail === 'visual studio code');
  const left = (own ? given.slice(0, at) : given).trim();
  return left.toLowerCase() === short || NO_PAGE.test(left) ? '' : left;
}

/** A browser that shows a video site is watched, not read. */
export const kindOf = (kind, rest) => (kind === 'browse' && VIDEO_SITE.test(rest) ? 'watch' : kind);
