#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shows Heliograph at work on this computer, with sample activity, and leaves nothing behind.

set -u
umask 077

usage () {
  cat <<'END'
usage: ./try.sh [--yes] [--once] [--my-activity] [--port N] [--no-window]

Builds Heliograph and starts it in a folder of its own: a sample ActivityWatch with two years of
history, the receiver with its live page, the agent between them and, on a desktop, its window.
Shows the page's address, and stays until Ctrl-C. Then everything is gone again; your own settings
are never touched.

  --my-activity  the ActivityWatch of this computer (127.0.0.1:5600) instead of the sample; what
                 is published goes to this computer only
  --port N       where the page is (else 5680, or any free port)
  --no-window    without the window
  --once         end when everything is published, verified, and seen live by a viewer
  --yes          install missing packages without asking
END
}

say () { printf '%s\n' "$@"; }
fail () {
  end_line
  printf 'try.sh: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# A progress line is rewritten on a terminal, and written now and then elsewhere.
line_open=no
last_line=
show_line () {
  if [ -t 1 ]; then
    printf '\r\033[K%s' "${1:0:79}"
    line_open=yes
  elif [ "$1" != "$last_line" ]; then
    printf '%s\n' "$1"
  fi
  last_line=$1
}
end_line () {
  [ $line_open = no ] || printf '\n'
  line_open=no
}

yes=()
once=no
mine=no
window=no
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || window=yes
port=
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=(--yes) ;;
    --once) once=yes ;;
    --no-window) window=no ;;
    --my-activity) mine=yes ;;
    --port) port=${2:-none}; [ $# -lt 2 ] || shift ;;
    --port=*) port=${1#*=}; port=${port:-none} ;;
    --help|-h) usage; exit 0 ;;
    *) printf 'try.sh: there is no option %s\n' "$1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
case $port in
  '') ;;
  *[!0-9]*|0*|??????*) say 'try.sh: --port needs a number from 1 to 65535' >&2; exit 2 ;;
  *) [ "$port" -le 65535 ] || { say 'try.sh: --port needs a number from 1 to 65535' >&2; exit 2; } ;;
esac

# --- one run at a time ---------------------------------------------------------------------------

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
cd -- "$here" || exit 1
[ -w . ] || fail "can't write in $here" "Copy the project to a folder of your own and try there."
mkdir -p .try || fail "can't write in $here/.try"
exec 9>>.try/lock || fail "can't write in $here/.try"
flock -n 9 || fail "try.sh is running already: $(tail -n 1 .try/lock)" \
  "End that one with Ctrl-C first."
: >.try/lock

# --- packages and build --------------------------------------------------------------------------

for_window=--run
[ $window = no ] || for_window=--desktop
tests/install-packages.sh ${yes[@]+"${yes[@]}"} $for_window ||
  fail 'packages are missing, see above'

log=$here/.try/build.log
programs=(src/agent/heliograph-agent src/server/heliograph-server src/cli/heliographctl
  tests/aw/heliograph-test-aw)
build () {
  if [ ! -f _build-try/build.ninja ]; then
    show_line 'Preparing the build ...'
    meson setup _build-try --buildtype=release >"$log" 2>&1 || return 1
  elif [ $window = yes ] && [ ! -e _build-try/src/window/heliograph ]; then
    # The libraries of the window may have come since.
    meson setup --reconfigure _build-try >"$log" 2>&1 || return 1
  fi
  show_line 'Building (some minutes the first time) ...'
  ninja -C _build-try >"$log" 2>&1
}
if ! build; then
  end_line
  tail -n 20 "$log" >&2
  fail "the build failed" "All of it: $log" "A fresh start: rm -r _build-try"
fi
end_line
bin=$here/_build-try
for program in "${programs[@]}"; do
  [ -x "$bin/$program" ] || fail "the build made no ${program##*/}" "See $log"
done
agent=$bin/src/agent/heliograph-agent
server=$bin/src/server/heliograph-server
ctl=$bin/src/cli/heliographctl
sample=$bin/tests/aw/heliograph-test-aw

# --- a folder of our own -------------------------------------------------------------------------

dir=$(mktemp -d "${TMPDIR:-/tmp}/heliograph-try.XXXXXX" 2>/dev/null) ||
  dir=$(mktemp -d "${XDG_RUNTIME_DIR:-/nowhere}/heliograph-try.XXXXXX" 2>/dev/null) ||
  fail "can't make a folder in ${TMPDIR:-/tmp}" "Name another one: TMPDIR=/some/folder ./try.sh"

pids=()
agent_pid=
clean_up () {
  local pid
  trap '' INT TERM HUP
  end_line
  # The agent says goodbye first.
  [ -z "$agent_pid" ] || timeout 10 "$ctl" quit >/dev/null 2>&1
  for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null; done
  for ((i = 0; i < 50; i++)); do
    local alive=no
    for pid in ${pids[@]+"${pids[@]}"}; do kill -0 "$pid" 2>/dev/null && alive=yes; done
    [ $alive = no ] && break
    sleep 0.1
  done
  for pid in ${pids[@]+"${pids[@]}"}; do kill -9 "$pid" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf -- "$dir"
  : >.try/lock
}
trap clean_up EXIT
trap 'end_line; say "Ending ..."; exit 130' INT
trap 'exit 143' TERM HUP

# A Wayland display is found there.
desktop_run=${XDG_RUNTIME_DIR:-$dir/run}
mkdir -p "$dir"/{home,config,data,state,cache,run,log}
export HOME=$dir/home XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data \
  XDG_STATE_HOME=$dir/state XDG_CACHE_HOME=$dir/cache XDG_RUNTIME_DIR=$dir/run \
  GSETTINGS_SCHEMA_DIR=$bin/data/settings GSETTINGS_BACKEND=memory no_proxy='127.0.0.1'
for name in $(compgen -e HELIOGRAPH_); do unset "$name"; done
unset DBUS_SESSION_BUS_ADDRESS

# start NAME COMMAND...: in the background, its output in a log of its own; sets $started.
start () {
  local name=$1
  shift
  # Here already, not when the shell in the background comes to it: it is read at once.
  : >"$dir/log/$name"
  "$@" >"$dir/log/$name" 2>&1 9>&- </dev/null &
  started=$!
  pids+=("$started")
}
died () {
  fail "$1 ended unexpectedly. It said:" "$(tail -n 5 "$dir/log/$2")"
}
# await PID NAME LOG SECONDS: until "listening on URL" stands in the log; sets $url.
await () {
  for ((i = 0; i < $4 * 10; i++)); do
    url=$(sed -n 's/^listening on //p' "$dir/log/$3" | head -n 1)
    [ -z "$url" ] || return 0
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.1
  done
  fail "$2 did not start within $4 s" "$(tail -n 5 "$dir/log/$3")"
}

# --- source, receiver, agent ---------------------------------------------------------------------

if [ $mine = yes ]; then
  aw=http://127.0.0.1:5600
  curl -fsS --noproxy '*' --max-time 10 -o "$dir/info" $aw/api/0/info 2>"$dir/log/aw" ||
    fail "no ActivityWatch answers on 127.0.0.1:5600" "$(cat "$dir/log/aw")" \
      "Start it first (aw-qt), or leave out --my-activity to see a sample."
  device=$(hostname 2>/dev/null | tr -cd 'A-Za-z0-9-' | cut -c 1-40)
  device=${device:-computer}
else
  show_line 'Making two years of sample activity ...'
  start aw "$sample" --listen 127.0.0.1:0 --hostname laptop --years 2 --seed 7 --live
  await "$started" 'the sample ActivityWatch' aw 120 || died 'the sample ActivityWatch' aw
  aw=$url
  aw_pid=$started
  device=laptop
fi

start server "$server" --listen "127.0.0.1:${port:-5680}" --data "$dir/server"
if ! await "$started" 'the receiver' server 30; then
  wait "$started"
  [ $? -eq 69 ] || died 'the receiver' server
  end_line
  [ -z "$port" ] || fail "port $port is busy: another program uses it" "Choose another: --port N"
  say 'Port 5680 is busy: another program uses it. The page is at another one.'
  start server "$server" --listen 127.0.0.1:0 --data "$dir/server"
  await "$started" 'the receiver' server 30 || died 'the receiver' server
fi
server_pid=$started
page=$url
printf '%s\n' "$page/" >&9
"$server" --data "$dir/server" token add "$device" >"$dir/token" 2>"$dir/log/token" ||
  fail "the receiver gave no token" "$(cat "$dir/log/token")"
zone=${TZ:-$(cat /etc/timezone 2>/dev/null)}
"$server" --data "$dir/server" device set "$device" --public activity --hours on \
  ${zone:+--timezone "$zone"} >"$dir/log/device" 2>&1 ||
  "$server" --data "$dir/server" device set "$device" --public activity --hours on \
    >"$dir/log/device" 2>&1 || fail "the device can't be shown" "$(cat "$dir/log/device")"

cat >"$dir/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$dir/bus</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
END
start bus dbus-daemon --config-file="$dir/bus.conf" --nofork --nopidfile
for ((i = 0; i < 100; i++)); do [ -S "$dir/bus" ] && break; sleep 0.1; done
[ -S "$dir/bus" ] || died 'the bus' bus
export DBUS_SESSION_BUS_ADDRESS=unix:path=$dir/bus

HELIOGRAPH_AW_URL=$aw start agent "$agent" --settings "$dir/agent.ini"
agent_pid=$started
# steer WORDS...: heliographctl, which must not fail.
steer () {
  "$ctl" "$@" >"$dir/log/ctl" 2>&1 9>&- ||
    fail "heliographctl $1 ${2-} failed:" "$(cat "$dir/log/ctl")" "$(tail -n 3 "$dir/log/agent")"
}
for ((i = 0; i < 150; i++)); do
  timeout 10 "$ctl" status >/dev/null 2>&1
  case $? in 3|124) ;; *) break ;; esac
  kill -0 "$agent_pid" 2>/dev/null || died 'the agent' agent
  sleep 0.1
done
steer destination add "$page" --token-file "$dir/token" --keep-token-file --level title \
  --name 'this computer'

# The columns of "heliographctl buckets": on, id, type, host. Copies of other devices stay out.
host=$("$ctl" status --json | sed -n 's/.*"source": {[^}]*"hostname": "\([^"]*\)".*/\1/p')
buckets=$("$ctl" buckets | awk -v mine=$mine -v host="$host" '
  $3 == "currentwindow" || $3 == "afkstatus" || ($3 == "currently-playing" && mine == "no") {
    if ($4 == host && $2 !~ /-synced-from-/) print $2
  }')
[ -n "$buckets" ] || fail "ActivityWatch has no window or afk bucket of this computer" \
  "$("$ctl" buckets)"
# shellcheck disable=SC2086
steer bucket enable $buckets
end_line

if [ $mine = yes ]; then
  say "Your own activity, of these buckets of the ActivityWatch of this computer:"
else
  say 'Sample activity: two years, and what a sample person does now. These buckets:'
fi
printf '  %s\n' $buckets
say "goes to the receiver on this computer and nowhere else. The live page:" "" "  $page/" ""

# --- progress ------------------------------------------------------------------------------------

alive () {
  kill -0 "$agent_pid" 2>/dev/null || died 'the agent' agent
  kill -0 "$server_pid" 2>/dev/null || died 'the receiver' server
  [ $mine = yes ] || kill -0 "$aw_pid" 2>/dev/null || died 'the sample ActivityWatch' aw
}

# A viewer: what anybody who looks at the page gets.
start viewer curl -sN --noproxy '*' "$page/api/heliograph/v1/live"
viewer_pid=$started

# "held all undone" of all buckets; all is 0 where not every bucket was counted yet.
read_progress () {
  "$ctl" status --json 2>/dev/null | sed 's/.*"progress": \[//; s/\], "questions".*//' |
    sed 's/}, /}\n/g' | awk '
      /"bucket"/ {
        buckets++
        if ($0 !~ /"done": true/) undone++
        here = match ($0, /"held": [0-9]+/) ? substr ($0, RSTART + 8, RLENGTH - 8) + 0 : 0
        held += here
        # Counted when it was listed: more may have come since.
        if (!match ($0, /"in_aw": [0-9]+/)) unknown++
        else if ((count = substr ($0, RSTART + 9, RLENGTH - 9) + 0) > here) all += count
        else all += here
      }
      END { print held + 0, unknown ? 0 : all + 0, buckets ? undone + 0 : 1 }'
}

begun=$SECONDS
limit=600
while :; do
  alive
  read -r held all undone < <(read_progress)
  [ "$undone" -eq 0 ] && break
  if [ "$all" -gt 0 ]; then
    show_line "Publishing: $held of $all events"
  else
    show_line "Publishing: $held events so far"
  fi
  if [ $once = yes ] && [ $((SECONDS - begun)) -gt $limit ]; then
    fail "not everything was published within $limit s" "$("$ctl" status)" \
      "$(tail -n 5 "$dir/log/agent")"
  fi
  sleep 0.5
done
show_line "Published: $held events, in $((SECONDS - begun)) s"
end_line

# The activities that the viewer saw, each once.
activities () {
  sed -n 's/^data: *{.*"state": *"\(active\|away\)".*"activity": *{\([^}]*\)}.*/\2/p' \
    "$dir/log/viewer" | sed 's/,* *"since": *[0-9]*//' | sort -u | grep -c .
}

if [ $once = yes ]; then
  say 'Comparing ActivityWatch with the receiver:'
  timeout 600 "$ctl" verify 9>&- || fail "the receiver does not hold what it should"
  wanted=2
  [ $mine = no ] || wanted=1
  begun=$SECONDS
  while [ "$(activities)" -lt $wanted ]; do
    alive
    kill -0 "$viewer_pid" 2>/dev/null || died 'the viewer' viewer
    [ $((SECONDS - begun)) -le 150 ] ||
      fail 'the viewer saw no live activity within 150 s' "$(tail -n 3 "$dir/log/viewer")"
    show_line 'Waiting until a viewer sees the activity change ...'
    sleep 0.2
  done
  end_line
  if [ $mine = yes ]; then
    say 'A viewer saw the live activity.'
  else
    say 'A viewer saw the live activity, and saw it change.'
  fi
  say 'Everything is published, equal, and live.'
  exit 0
fi

# --- live until Ctrl-C ---------------------------------------------------------------------------

say 'Live now; Ctrl-C ends it and removes everything.'
if [ $window = yes ] && [ -x "$bin/src/window/heliograph" ]; then
  say 'The window is open, too. Closed, publishing goes on.'
  XDG_RUNTIME_DIR=$desktop_run start window "$bin/src/window/heliograph"
fi
value () { sed -n "s/.*\"$1\": *\"\(\([^\"\\\\]\|\\\\.\)*\)\".*/\1/p" <<<"$data" | sed 's/\\\(.\)/\1/g'; }
seen=0
while :; do
  alive
  count=$(wc -l <"$dir/log/viewer")
  if [ "$count" -gt $seen ]; then
    while IFS= read -r data; do
      case $data in data:*) ;; *) continue ;; esac
      data=${data%%,\"media\":*}
      app=$(value app)
      title=$(value title)
      shown=$(printf '%s: %s%s%s' "$(value name)" "$(value state)" "${app:+, $app}" \
        "${title:+: $title}" | tr -d '\000-\037\177')
      # What plays may change alone.
      [ "$shown" = "$last_line" ] || printf '%(%H:%M:%S)T  %s\n' -1 "$shown"
      last_line=$shown
    done < <(sed -n "$((seen + 1)),${count}p" "$dir/log/viewer")
    seen=$count
  fi
  if ! kill -0 "$viewer_pid" 2>/dev/null; then
    start viewer curl -sN --noproxy '*' "$page/api/heliograph/v1/live"
    viewer_pid=$started
    seen=0
  fi
  sleep 0.5
done
