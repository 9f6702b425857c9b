-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  store TEXT NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  -- what the owner lets everybody see
  public TEXT NOT NULL DEFAULT 'none' CHECK (public IN ('none', 'state', 'activity')),
  hours INTEGER NOT NULL DEFAULT 0,
  timezone TEXT NOT NULL DEFAULT 'UTC',
  -- the last status; last_seen is NULL before the first one
  last_seen INTEGER,
  ttl INTEGER,
  state TEXT,
  since INTEGER,
  app TEXT,
  title TEXT,
  activity_since INTEGER,
  media_title TEXT,
  media_artist TEXT
);

-- A token without a device reads the events of all devices and writes nothing.
CREATE TABLE token (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  hash BLOB NOT NULL UNIQUE,
  device INTEGER UNIQUE REFERENCES device (id),
  created INTEGER NOT NULL
);

-- A bucket without a device was deleted; its events are being cleared away.
CREATE TABLE bucket (
  id INTEGER PRIMARY KEY,
  device INTEGER REFERENCES device (id),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  client TEXT NOT NULL,
  hostname TEXT NOT NULL
);

CREATE UNIQUE INDEX bucket_of_device ON bucket (device, name);

-- Newest first, because a history is filled from its newest end: then rows are appended.
CREATE TABLE event (
  bucket INTEGER NOT NULL,
  start INTEGER NOT NULL,
  n INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  "check" INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (bucket, start DESC, n)
) WITHOUT ROWID;
