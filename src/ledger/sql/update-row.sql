-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

UPDATE event
   SET form = ?4
 WHERE track = ?1 AND start = ?2 AND n = ?3
