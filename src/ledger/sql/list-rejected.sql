-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT bucket, start, n, form_check, reason, at
  FROM rejected JOIN track ON track.id = rejected.track
 WHERE track.destination = ?1
 ORDER BY at DESC, start DESC, bucket, n
