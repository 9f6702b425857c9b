#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the Debian packages that building and running (--run) or testing (--test) needs and that
# are missing.

set -u

build=(build-essential meson ninja-build pkg-config gettext libglib2.0-dev libglib2.0-bin
  libsoup-3.0-dev libjson-glib-dev libpcre2-dev libsqlite3-dev libsecret-1-dev ca-certificates)
desktop=(libadwaita-1-dev libgtk-4-bin librsvg2-common libayatana-appindicator3-dev)
run=(dbus-daemon curl tzdata)
test=(dbus dbus-bin locales gnome-keyring python3 python3-dbusmock glib-networking curl
  desktop-file-utils bash-completion openssl strace appstream libxml2-utils mandoc groff-base)
screen=(chromium chromium-driver dex xvfb xfwm4 xfce4-panel xfconf xdotool imagemagick
  adwaita-icon-theme fonts-dejavu-core fonts-cantarell fonts-wqy-microhei at-spi2-core x11-utils
  xclip python3-gi gir1.2-pango-1.0 gsettings-desktop-schemas clang libclang-rt-14-dev)
root=(mmdebstrap iproute2)
flatpak=(flatpak flatpak-builder ostree bubblewrap xdg-desktop-portal debian-archive-keyring dbus
  dbus-bin python3 python3-dbusmock python3-gi xvfb xfwm4 xdotool x11-utils imagemagick appstream
  desktop-file-utils elfutils git patch)

usage() {
  cat <<'END'
usage: tests/install-packages.sh [--yes] [--run|--desktop|--unit|--test|--root|--flatpak]

Installs the missing Debian packages, and does nothing if none is missing.

  --run      what building and running needs (the default), without window and tray icon
  --desktop  these too
  --unit     what the tests without a screen need besides
  --test     what all tests need
  --root     what tests/debian/ needs: packages.sh and the others
  --flatpak  what building and trying the Flatpak needs
  --yes      do not ask
END
}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# Prints the packages that are not installed.
list_missing() {
  local installed
  # dpkg-query fails when it does not know one of them: that one is missing, then.
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package; do
    grep -qxF "installed $package" <<<"$installed" || printf '%s\n' "$package"
  done
}

has_candidates() {
  local package
  for package; do
    apt-cache show "$package" >/dev/null 2>&1 || return 1
  done
}

update() {
  "${as_root[@]}" apt-get update -q -o APT::Update::Error-Mode=any ||
    fail "Can't reach the servers of the Debian packages. Is there a network?" \
      "Missing: ${missing[*]}"
}

install_missing() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
}

yes=no
packages=("${build[@]}" "${run[@]}")
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=yes ;;
    --run) packages=("${build[@]}" "${run[@]}") ;;
    --desktop) packages=("${build[@]}" "${desktop[@]}" "${run[@]}") ;;
    --unit) packages=("${build[@]}" "${desktop[@]}" "${run[@]}" "${test[@]}") ;;
    --test) packages=("${build[@]}" "${desktop[@]}" "${run[@]}" "${test[@]}" "${screen[@]}") ;;
    --root) packages=("${root[@]}") ;;
    --flatpak) packages=("${build[@]}" "${run[@]}" "${flatpak[@]}") ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  command -v meson >/dev/null && command -v ninja >/dev/null &&
    pkg-config --exists glib-2.0 libsoup-3.0 json-glib-1.0 sqlite3 libsecret-1 2>/dev/null &&
    exit 0
  fail "This system has no Debian packages. Install what corresponds to these, then try again:" \
    "${packages[*]}"
fi

mapfile -t missing < <(list_missing "${packages[@]}")
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    fail "These packages are missing, and only root can install them:" \
      "  apt-get install ${missing[*]}"
  as_root=(sudo)
  if [ $yes = no ]; then
    [ -t 0 ] || fail "These packages are missing: ${missing[*]}" "Say --yes to install them."
    read -r -p "Install ${missing[*]}? [y/N] " answer
    case $answer in
      [yY]*) ;;
      *) fail "Nothing was installed." ;;
    esac
  fi
fi

updated=no
if ! has_candidates "${missing[@]}"; then
  update
  updated=yes
fi
if ! install_missing; then
  # Lists of last month name versions that the servers no longer have.
  [ $updated = no ] && update && install_missing && exit 0
  fail "These packages could not be installed: ${missing[*]}" \
    "Heliograph is built on Debian 12; see above what apt-get says."
fi
