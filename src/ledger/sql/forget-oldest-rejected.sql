-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Makes room for one more where ?2 are listed. Not the new one itself: clocks may be set back.
DELETE FROM rejected
 WHERE track = ?1
   AND (start, n) IN (SELECT start, n FROM rejected
                       WHERE track = ?1
                       ORDER BY at DESC, start DESC, n
                       LIMIT -1 OFFSET ?2 - 1)
