-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, "check"
  FROM event
 WHERE bucket = ?1 AND start >= ?2 AND start < ?3
 ORDER BY start;
