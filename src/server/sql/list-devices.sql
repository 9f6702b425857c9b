-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id, name, store, seq, created, public, hours, timezone,
       last_seen, ttl, state, since, app, title, activity_since, media_title, media_artist
  FROM device
 ORDER BY name;
