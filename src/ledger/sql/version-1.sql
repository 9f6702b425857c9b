-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Ids are never used twice (AUTOINCREMENT): a thread that still holds the id of a removed track
-- must find nothing, not somebody else's track.
CREATE TABLE destination (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  store TEXT NOT NULL DEFAULT '',
  reserved_seq INTEGER NOT NULL DEFAULT 0,
  acked_seq INTEGER NOT NULL DEFAULT 0
);

-- The counts are those of the track's rows by kind, kept in the transaction that changes the rows.
CREATE TABLE track (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination INTEGER NOT NULL REFERENCES destination ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  created TEXT NOT NULL DEFAULT '',
  held INTEGER NOT NULL DEFAULT 0,
  is_suspicious INTEGER NOT NULL DEFAULT 0,
  swept_at INTEGER NOT NULL DEFAULT 0,
  held_count INTEGER NOT NULL DEFAULT 0,
  dropped_count INTEGER NOT NULL DEFAULT 0,
  kept_count INTEGER NOT NULL DEFAULT 0,
  rejected_count INTEGER NOT NULL DEFAULT 0,
  UNIQUE (destination, bucket)
);

-- One row per event. Descending, because the history is read newest first and so appends.
-- form: NULL if dropped by the rules; else the check, as a signed 32-bit number (4 bytes) if the
-- destination holds it, plus 2^32 if it is kept there against ActivityWatch, plus 2^33 if it was
-- rejected. No foreign key: its look-up would cost as much as the row.
CREATE TABLE event (
  track INTEGER NOT NULL,
  start INTEGER NOT NULL,
  n INTEGER NOT NULL,
  form INTEGER,
  PRIMARY KEY (track, start DESC, n)
) WITHOUT ROWID;

-- Disjoint intervals, both ends inclusive. Neighbours differ in their hash or have a gap between.
CREATE TABLE covered (
  track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,
  lo INTEGER NOT NULL,
  hi INTEGER NOT NULL,
  rules_hash INTEGER NOT NULL,
  PRIMARY KEY (track, lo)
) WITHOUT ROWID;

CREATE TABLE rejected (
  track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,
  start INTEGER NOT NULL,
  n INTEGER NOT NULL,
  form_check INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (track, start, n)
) WITHOUT ROWID;

-- Deletions put off until a sweep is complete: how many events of one start are missing.
CREATE TABLE deferred (
  track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (track, start)
) WITHOUT ROWID;

CREATE TABLE pause (
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL
);

PRAGMA application_id = 0x48656c69;
PRAGMA user_version = 1;
