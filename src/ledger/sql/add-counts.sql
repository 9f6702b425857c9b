-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE track
   SET held_count = held_count + ?2, dropped_count = dropped_count + ?3,
       kept_count = kept_count + ?4, rejected_count = rejected_count + ?5
 WHERE id = ?1
