-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Events of the buckets of one type that lie in the range or reach into it: those that began up to
-- an hour before it and, of the long ones, up to 31 days before it.
SELECT start, duration, data
  FROM event
 WHERE bucket IN (SELECT id FROM bucket WHERE device = ?1 AND type = ?2 ORDER BY id LIMIT ?3)
   AND start >= ?4 - 3600000 AND start < ?5
UNION ALL
SELECT start, duration, data
  FROM event INDEXED BY event_long
 WHERE bucket IN (SELECT id FROM bucket WHERE device = ?1 AND type = ?2 ORDER BY id LIMIT ?3)
   AND duration >= 3600000 AND start >= ?4 - 2678400000 AND start < ?4 - 3600000
   AND start + duration > ?4
 ORDER BY 1, 3, 2;
