-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, duration, data
  FROM event
 WHERE bucket IN (SELECT id FROM bucket WHERE device = ?1 AND type = 'afkstatus')
   AND start >= ?2 AND start < ?3;
