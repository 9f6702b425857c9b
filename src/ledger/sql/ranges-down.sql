-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Newest first; the reader stops at the first range that ends before what it wants.
SELECT lo, hi, rules_hash
  FROM covered
 WHERE track = ?1 AND lo <= ?2
 ORDER BY lo DESC
