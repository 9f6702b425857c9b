-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Which privacy rules a rules hash stands for, so that what can't be read from ActivityWatch any more
-- is changed by none of them twice. digests: 8 bytes for each rule; no rule can be read from them.
CREATE TABLE rules (
  hash INTEGER PRIMARY KEY,
  digests BLOB NOT NULL
);

-- What the bucket is when ActivityWatch has it no longer.
ALTER TABLE track ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE track ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE track ADD COLUMN hostname TEXT NOT NULL DEFAULT '';

-- Of the 63 bits of a hash the lowest one went (1 stands for no rules), for bit 62 says something of
-- its own now. What was covered stays covered.
UPDATE covered
   SET rules_hash = (((rules_hash & 9223372036854775807) - 1 >> 1) + 1)
                    | (rules_hash & ~9223372036854775807);

PRAGMA user_version = 2;
