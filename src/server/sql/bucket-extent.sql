-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT count (*), min (start), max (start)
  FROM event
 WHERE bucket = ?1;
