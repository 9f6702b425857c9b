-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id
  FROM track
 WHERE destination = ?1 AND rejected_count > 0
