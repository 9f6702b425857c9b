-- SPDX-FileCopyrightText: 2026 The Heliograph authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- upsert-event.sql for HELIO_STORE_ROWS_AT_ONCE events: the table is opened, and the place found,
-- once for all of them.
INSERT INTO event (bucket, start, n, duration, "check", data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6), (?1, ?7, ?8, ?9, ?10, ?11),
       (?1, ?12, ?13, ?14, ?15, ?16), (?1, ?17, ?18, ?19, ?20, ?21),
       (?1, ?22, ?23, ?24, ?25, ?26), (?1, ?27, ?28, ?29, ?30, ?31),
       (?1, ?32, ?33, ?34, ?35, ?36), (?1, ?37, ?38, ?39, ?40, ?41),
       (?1, ?42, ?43, ?44, ?45, ?46), (?1, ?47, ?48, ?49, ?50, ?51),
       (?1, ?52, ?53, ?54, ?55, ?56), (?1, ?57, ?58, ?59, ?60, ?61),
       (?1, ?62, ?63, ?64, ?65, ?66), (?1, ?67, ?68, ?69, ?70, ?71),
       (?1, ?72, ?73, ?74, ?75, ?76), (?1, ?77, ?78, ?79, ?80, ?81)
    ON CONFLICT (bucket, start, n) DO UPDATE
   SET duration = excluded.duration, "check" = excluded."check", data = excluded.data
 WHERE duration <> excluded.duration OR "check" <> excluded."check" OR data <> excluded.data;
