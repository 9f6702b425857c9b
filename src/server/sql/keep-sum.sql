-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

INSERT OR REPLACE INTO day_sum (device, start, until, active, others, apps)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);
