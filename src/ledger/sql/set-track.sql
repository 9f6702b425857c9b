-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE track
   SET created = ?2, held = ?3, is_suspicious = ?4, swept_at = ?5,
       type = ?6, client = ?7, hostname = ?8
 WHERE id = ?1
