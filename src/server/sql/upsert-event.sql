-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

INSERT INTO event (bucket, start, n, duration, "check", data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (bucket, start, n) DO UPDATE
   SET duration = excluded.duration, "check" = excluded."check", data = excluded.data
 WHERE duration <> excluded.duration OR "check" <> excluded."check" OR data <> excluded.data;
