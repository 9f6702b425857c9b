-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id, created, held,
       (SELECT coalesce(sum(count), 0) FROM deferred WHERE deferred.track = track.id),
       is_suspicious, swept_at,
       held_count, dropped_count, kept_count, rejected_count,
       type, client, hostname
  FROM track
 WHERE destination = ?1 AND bucket = ?2
