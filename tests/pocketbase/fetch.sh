#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: fetch.sh FOLDER
#
# Makes sure that FOLDER holds a real PocketBase, and prints the path of its program. It comes from
# the packages of a later suite of Debian, by way of the mirror that this machine uses anyway; the
# package needs nothing but libc. Nothing is installed, and the system's own lists stay as they are.
# Where it can't be had the last line begins with "skipped: ", and the code is 77.

set -uo pipefail
export LC_ALL=C

suites=(forky sid)
package=pocketbase
again_after=600 # seconds until what failed is tried again

skip() {
  echo "skipped: $1"
  exit 77
}

[ $# -eq 1 ] || { sed -n '5,6p' "$0" >&2; exit 2; }
mkdir -p "$1" || exit 1
folder=$(cd "$1" && pwd)
program=$folder/usr/bin/base
failed=$folder/failed

# Several tests may want it at once: the first fetches it.
exec 9>"$folder/lock"
flock 9

if [ -x "$program" ]; then
  echo "$program"
  exit 0
fi
if [ -e "$failed" ] && [ $(($(date +%s) - $(stat -c %Y "$failed"))) -lt $again_after ]; then
  skip "$(cat "$failed")"
fi

fail() {
  echo "$1" >"$failed"
  skip "$1"
}

for tool in apt-get apt-config dpkg-deb; do
  command -v "$tool" >/dev/null || fail "PocketBase is fetched with Debian's $tool, which is not here"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail "there is no $keyring to check PocketBase's package with"
# A security mirror holds no such suites.
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null |
  grep -v security | grep -m1 '/debian/\?$')
[ -n "$site" ] || fail "this machine has no source of Debian packages (apt-get update?)"

private=$(mktemp -d) || exit 1
trap 'rm -rf "$private"' EXIT
mkdir -p "$private"/{lists,archives}/partial
touch "$private/status"
{
  # How the mirror is reached is the machine's affair.
  apt-config dump 2>/dev/null | grep -iE '^Acquire::(http|https|ftp)::[^ ]*(Proxy|Verify|CAInfo)'
  cat <<END
Dir::Etc::sourcelist "$private/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::State::lists "$private/lists";
Dir::State::status "$private/status";
Dir::Cache "$private";
Dir::Cache::archives "$private/archives";
APT::Architecture "$(dpkg --print-architecture)";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Check-Valid-Until "false"; // a mirror may be frozen; what is signed is signed
Debug::NoLocking "true";
END
} >"$private/apt.conf"
export APT_CONFIG=$private/apt.conf

for suite in "${suites[@]}"; do
  echo "deb [signed-by=$keyring] $site $suite main" >"$private/sources.list"
  if apt-get -qq -o APT::Update::Error-Mode=any update && (cd "$private/archives" && apt-get -qq download "$package"); then
    dpkg-deb -x "$private"/archives/"$package"_*.deb "$private/unpacked" || continue
    # At once, so that nobody finds one half of it.
    cp -r "$private/unpacked/usr" "$folder/usr.new" && mv "$folder/usr.new" "$folder/usr"
    [ -x "$program" ] && break
  fi
done >"$private/log" 2>&1
[ -x "$program" ] || fail "PocketBase can't be fetched: $(tail -n1 "$private/log" | cut -c1-200)"
rm -f "$failed"
echo "$program"
