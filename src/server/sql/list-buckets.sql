-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT id, name, type, client, hostname
  FROM bucket
 WHERE device = ?1
 ORDER BY name;
