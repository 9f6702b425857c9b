-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

DELETE FROM event
 WHERE bucket = ?1
   AND start >= coalesce ((SELECT start FROM event WHERE bucket = ?1
                            ORDER BY start DESC LIMIT 1 OFFSET ?2), -9223372036854775807);
