-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE track
   SET created = ?2, held = ?3, missing = ?4, is_suspicious = ?5, swept_at = ?6
 WHERE id = ?1
