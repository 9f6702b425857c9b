-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE covered
   SET lo = ?3, hi = ?4
 WHERE track = ?1 AND lo = ?2
