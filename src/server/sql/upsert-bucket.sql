-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

INSERT INTO bucket (device, name, type, client, hostname)
VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (device, name) DO UPDATE
   SET type = excluded.type, client = excluded.client, hostname = excluded.hostname
 WHERE type <> excluded.type OR client <> excluded.client OR hostname <> excluded.hostname;
