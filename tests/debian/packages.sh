#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the Debian packages of what is committed in a clean Debian 12, without a network, and
# installs, runs, removes and purges them in another one. Writes TAP; takes some ten minutes.
#
# usage: tests/debian/packages.sh [FOLDER]    FOLDER: has packages that were built before

set -u
shopt -s inherit_errexit
cd "$(dirname "$0")/../.." || exit 1
. tests/debian/root.sh

# Bytes: 2 MiB and 400 KiB.
MOST_DESKTOP=2097152
MOST_SERVER=409600

build () {
  in_root build sh -ec 'cd /src && apt-get -qq build-dep -y ./ && apt-get -qq install -y lintian' &&
    in_root_offline build sh -ec 'cd /src && dpkg-buildpackage -us -uc -b' &&
    cp "$roots"/build/*.deb "$roots/run/packages"
}

# No tag of these kinds. Lintian finds the changes file by its name.
inspect () {
  in_root build sh -ec 'cd / && lintian --allow-root --fail-on error,warning heliograph_*.changes'
}

# is_at_most PACKAGE BYTES: all that it installs, and what dpkg says of it, which counts folders, too
is_at_most () {
  local files=$roots/sizes/$1 said bytes
  mkdir -p "$files" && dpkg-deb -x "$roots/run/packages/$1"_*.deb "$files" || return
  said=$(dpkg-deb -f "$roots/run/packages/$1"_*.deb Installed-Size)
  bytes=$(find "$files" ! -type d -print0 | du --bytes --total --files0-from=- | tail -n 1 | cut -f1)
  echo "# $1: $bytes of $2 bytes; dpkg says $said KiB"
  [ "$bytes" -gt 0 ] && [ "$bytes" -le "$2" ] && [ $((said * 1024)) -le "$2" ]
}

install () { in_root run sh -c "apt-get -qq install -y /packages/$1_*.deb" </dev/null; }

has_no_desktop () {
  ! in_root run dpkg-query -W -f '${Package}\n' |
    grep -E '^(libgtk|libadwaita|libayatana|libx11|libwayland|libsecret)'
}

# Everything is root's, and only root's to write.
is_owned () {
  in_root run sh -c "dpkg -L $1 | while read -r file; do
      [ -L \"\$file\" ] || stat -c '%U:%G %a %n' \"\$file\"
    done" | awk -v package="$1" '
      { files++ }
      $1 != "root:root" || $2 !~ /^[0-7]?[0-7][0145][0145]$/ { print; bad = 1 }
      /\/usr\/bin\// && $2 != "755" { print; bad = 1 }
      END { exit bad || files < 10 }'
}

has_user () {
  in_root run getent passwd heliograph-server |
    grep -E '^heliograph-server:[^:]*:[1-9][0-9]{0,2}:.*:/var/lib/heliograph-server:/usr/sbin/nologin$'
}

has_valid_unit () {
  case $1 in
    heliograph)
      in_root run env XDG_RUNTIME_DIR=/tmp \
        systemd-analyze --user --man=no verify /usr/lib/systemd/user/heliograph-agent.service &&
        [ -z "$(find "$roots"/run/etc/systemd -name 'heliograph-agent*')" ] ;;
    *)
      in_root run systemd-analyze --man=no verify heliograph-server.service &&
        [ -z "$(find "$roots"/run/etc/systemd -name 'heliograph-server*')" ] ;;
  esac
}

# As its unit does it: its user, its folder and its command.
serves () {
  in_root_offline run bash -ec '
    user=heliograph-server data=/var/lib/heliograph-server
    unit=$(cat /lib/systemd/system/heliograph-server.service)
    grep -qx "User=$user" <<<"$unit" && grep -qx "StateDirectory=$user" <<<"$unit"
    grep -qx StateDirectoryMode=0700 <<<"$unit"
    command=$(sed -n "s/^ExecStart=//p" <<<"$unit")
    install -d -m 0700 -o $user -g $user $data
    runuser -u $user -- ${command//%S//var/lib} >/tmp/out &
    server=$!
    until grep -q "^listening on" /tmp/out; do
      kill -0 $server
      read -rt 0.1 <> <(:) || :
    done
    token=$(runuser -u $user -- heliograph-server --data $data token add laptop)
    [ -n "$token" ]
    curl -sf http://127.0.0.1:5680/healthz
    curl -sf http://127.0.0.1:5680/ -o /tmp/page && grep -q "<html" /tmp/page
    curl -sf -H "Authorization: Bearer $token" http://127.0.0.1:5680/metrics >/dev/null
    [ -z "$(find $data ! -user $user)" ]
    kill $server'
}

programs_run () {
  in_root run sh -ec '
    for program in heliograph heliograph-agent heliograph-tray heliographctl; do
      $program --version | grep -q "^$program [0-9]"
      [ -e /usr/share/man/man1/$program.1.gz ]
    done
    [ -e /usr/share/man/man8/heliograph-server.8.gz ]
    gsettings list-keys io.github.heliograph.Heliograph | grep -qx aw-url'
}

# A user's agent, started by the bus of the user, answers.
agent_answers () {
  in_root_offline run sh -ec 'runuser -u nobody -- env HOME=/tmp/nobody XDG_RUNTIME_DIR=/tmp/nobody \
    sh -ec "mkdir -m 0700 /tmp/nobody
      dbus-run-session -- heliographctl buckets || [ \$? -eq 1 ]
      dbus-run-session -- sh -c \"heliographctl option list && heliographctl quit\"" | grep aw-url'
}

# The same files as in the sources, none of them a link to somewhere else.
has_add_on () {
  local folder=$roots/run/usr/share/heliograph/pocketbase
  diff -r --exclude=meson.build data/pocketbase "$folder" && [ -z "$(find "$folder" -type l)" ]
}

is_removed () {
  in_root run sh -ec "apt-get -qq remove -y $1" &&
    ! in_root run sh -c "command -v ${2:-$1}"
}

keeps_data () { in_root run test -d /var/lib/heliograph-server; }

is_purged () {
  in_root run sh -ec 'apt-get -qq purge -y heliograph heliograph-server heliograph-pocketbase
    ! ls -d /var/lib/heliograph-server 2>/dev/null
    ! find / -xdev -iname "*heliograph*" -not -path "/packages*" -not -path "/var/cache/*" \
      -not -path "/var/log/*" | grep .'
}

[ -z "$(git status --porcelain --untracked-files=no)" ] || echo '# Only what is committed is built.'
begin_roots
run make_root run bookworm systemd curl procps dbus-daemon libglib2.0-bin ||
  bail 'a Debian 12 for running could not be made'
mkdir "$roots/run/packages"
if [ $# -gt 0 ]; then
  cp "$1"/heliograph*_*.deb "$roots/run/packages" || bail "there are no packages in $1"
else
  run make_root build bookworm build-essential fakeroot && put_source build ||
    bail 'a Debian 12 for building could not be made'
  check 'the packages are built, without a network' build
  [ $failed -eq 0 ] || end_cases
  check 'lintian finds no fault' inspect
fi
check "heliograph takes at most $MOST_DESKTOP bytes" is_at_most heliograph $MOST_DESKTOP
check "heliograph-server takes at most $MOST_SERVER bytes" is_at_most heliograph-server $MOST_SERVER
check 'heliograph-server can be installed' install heliograph-server
check 'it brings nothing of a desktop' has_no_desktop
check 'its files are owned as they should be' is_owned heliograph-server
check 'it has a user of its own' has_user
check 'its unit is valid, and not switched on by itself' has_valid_unit heliograph-server
check 'it serves as its user' serves
check 'heliograph can be installed' install heliograph
check 'its files are owned as they should be' is_owned heliograph
check 'its unit is valid, and not switched on by itself' has_valid_unit heliograph
check 'its programs run, and each has a page in the manual' programs_run
check 'the bus starts its agent' agent_answers
check 'heliograph-pocketbase can be installed' install heliograph-pocketbase
check 'its files are owned as they should be' is_owned heliograph-pocketbase
check 'it has all that a PocketBase needs' has_add_on
check 'heliograph can be removed' is_removed heliograph heliographctl
check 'heliograph-server can be removed' is_removed heliograph-server
check 'removing keeps what was received' keeps_data
check 'purging leaves nothing' is_purged
end_cases
