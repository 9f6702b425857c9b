-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, n, form
  FROM event
 WHERE track = ?1 AND start BETWEEN ?2 AND ?3
 ORDER BY start DESC, n
