-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

DELETE FROM event
 WHERE track = ?1 AND form >= 8589934592
