-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT count(*)
  FROM (SELECT 1
          FROM event
         WHERE track = ?1 AND start BETWEEN ?2 AND ?3
         LIMIT ?4)
