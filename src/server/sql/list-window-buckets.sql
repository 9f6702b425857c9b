-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id, coalesce ((SELECT start FROM event
                       WHERE event.bucket = bucket.id AND start < ?2
                       ORDER BY start DESC LIMIT 1), ?2)
  FROM bucket
 WHERE device = ?1 AND type = 'currentwindow'
 ORDER BY id;
