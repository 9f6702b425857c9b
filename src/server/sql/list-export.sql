-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT device.name, bucket.name, bucket.type, bucket.client, bucket.hostname,
       event.start, event.n, event.duration, event."check", event.data
  FROM device
  JOIN bucket ON bucket.device = device.id
  JOIN event ON event.bucket = bucket.id
 WHERE ?1 IS NULL OR device.name = ?1
 ORDER BY device.name, bucket.name, event.start, event.n;
