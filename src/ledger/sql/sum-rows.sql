-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Below 2^33: what the destination holds. NULL is not below anything.
SELECT start, form
  FROM event
 WHERE track = ?1 AND start >= ?2 AND start < ?3 AND form < 8589934592
 ORDER BY start
