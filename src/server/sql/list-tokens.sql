-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

SELECT token.name, token.hash, coalesce (token.device, 0), token.created
  FROM token
 ORDER BY token.name;
