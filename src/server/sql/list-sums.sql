-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT start, until, active, others, apps
  FROM day_sum
 WHERE device = ?1 AND until > ?2 AND until <= ?3
 ORDER BY until;
