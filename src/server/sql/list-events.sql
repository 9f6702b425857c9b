-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, n, duration, "check", data
  FROM event
 WHERE bucket = ?1 AND start >= ?2 AND NOT (start = ?2 AND n <= ?3) AND start < ?4
 ORDER BY start, n
 LIMIT ?5;
