-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE device
   SET last_seen = ?2, ttl = ?3, state = ?4, since = ?5, app = ?6, title = ?7,
       activity_since = ?8, media_title = ?9, media_artist = ?10
 WHERE id = ?1;
