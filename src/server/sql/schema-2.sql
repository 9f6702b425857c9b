-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What a device was used for in a day that is over: a count that is kept, and can be made again. It
-- goes with whatever is written to an event that began before its end.
CREATE TABLE day_sum (
  device INTEGER NOT NULL REFERENCES device (id),
  until INTEGER NOT NULL,
  start INTEGER NOT NULL,
  active INTEGER NOT NULL,
  others INTEGER NOT NULL,
  -- a flat JSON array: app, ms, app, ms, ...
  apps TEXT NOT NULL,
  PRIMARY KEY (device, until)
) WITHOUT ROWID;

-- The few that may reach into a day though they began long before it.
CREATE INDEX event_long ON event (bucket, start) WHERE duration >= 3600000;
