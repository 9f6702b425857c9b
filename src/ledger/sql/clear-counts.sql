-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE track
   SET held_count = 0, dropped_count = 0, kept_count = 0, rejected_count = 0,
       held = 0, is_suspicious = 0, swept_at = 0
 WHERE id = ?1
