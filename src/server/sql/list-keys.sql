-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, n, "check"
  FROM event
 WHERE bucket = ?1 AND start <= ?2 AND NOT (start = ?2 AND n <= ?3)
 ORDER BY start DESC, n
 LIMIT ?4;
