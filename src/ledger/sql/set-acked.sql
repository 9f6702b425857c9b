-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE destination
   SET reserved_seq = max(reserved_seq, ?2), acked_seq = ?2
 WHERE id = ?1
