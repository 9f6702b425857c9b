-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id, store, reserved_seq, acked_seq
  FROM destination
 WHERE name = ?1
