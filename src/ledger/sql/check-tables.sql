-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT count(*)
  FROM sqlite_schema
 WHERE type = 'table'
   AND name IN ('destination', 'track', 'event', 'covered', 'rejected', 'deferred', 'pause',
                'rules')
