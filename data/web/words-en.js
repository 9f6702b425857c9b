// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every text of the pages. A translation is one more file with the same keys; words in braces are
// filled in, where its grammar wants them.

export default {
  link: { live: 'Live', lost: 'Connection lost', waiting: 'Connecting' },
  state: {
    active: 'active', away: 'away', locked: 'locked', online: 'online', paused: 'paused', offline: 'offline',
  },
  was: 'was {state}',
  connecting: 'Looking for the sun…',
  unreachable: 'No connection to the server. Trying again…',
  lost: 'Connection lost. At {time}: {sentence}',
  waiting: 'At {time}: {sentence}',
  empty: 'Nothing to see here yet.',
  emptyHow: 'No device is public. Does this server belong to you? Then choose what a device shows:',

  active: 'Active on {device}',
  away: 'Away from {device} since {time}',
  locked: 'Away from {device}, locked since {time}',
  online: 'Connected from {device}, activity unknown since {time}',
  paused: 'Sharing from {device} paused since {time}',
  nobody: 'Nobody is at a device right now.',
  nobodyThen: 'Nobody at a device.',
  lastSeenOn: 'Last seen {ago} on {device}',
  use: 'Using {app} on {device}',
  write: 'Writing in {app} on {device}',
  browse: 'Browsing in {app} on {device}',
  browseTitle: 'Reading {title} in {app} on {device}',
  work: 'Working in {app} on {device}',
  mail: 'Handling mail in {app} on {device}',
  chat: 'Chatting in {app} on {device}',
  read: 'Reading in {app} on {device}',
  readTitle: 'Reading {title} in {app} on {device}',
  watchTitle: 'Watching {title} in {app} on {device}',
  playTitle: 'Playing {title} on {device}',
  listenOn: 'Listening to {song} by {artist} on {device}',
  songOn: 'Playing {song} on {device}',
  listen: 'Listening to {song} by {artist}',
  song: 'Playing {song}',
  lasting: '{sentence}, for {duration}',
  moment: 'a moment',
  terminal: 'the terminal',

  since: 'since {time}',
  stateSince: '{state} since {time}',
  seen: 'last seen {ago}',
  justNow: 'just now',
  dayTime: '{day}, {time}',
  hours: 'Active hours, last {days} days',
  total: '{duration} in all',
  day: '{day}: {duration}',
  zone: 'Times are in your time zone, {zone}.',
  data: 'As data (JSON)',
  own: 'Your data',
};
