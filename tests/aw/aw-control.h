/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-http.h"

G_BEGIN_DECLS

/**
 * aw_control_answer:
 *
 * Answers a request under /_test/: how tests look into the stand-in and steer it. Bodies and
 * answers are JSON; nothing here is paced, paused, faulted or counted.
 *
 * - GET stats: requests, µs served and longest by kind, events, bytes, max_limit, without_limit,
 *   concurrent_max, lost_heartbeats, origins; POST stats/reset
 * - POST pause, resume: all requests wait in between
 * - POST fault {"count":1, "method":"POST", "path":"part of the target", "delay_ms":n, "drop":true,
 *   "after":true, "status":n, "body":"", "content_type":"", "header":"Retry-After: 7", "html":true,
 *   "garbage":true, "cut":bytes, "piece":bytes, "piece_ms":n}; count -1: until cleared; "after":
 * the request is carried out first. {"clear":true} or DELETE ends all faults
 * - POST clock {"offset_ms":n} or {"now_ms":n}
 * - GET truth?bucket=ID: every event as stored, oldest first
 * - POST migrate {"flavour":"rust","db_version":5}: new ids, newest first, and device id
 * - POST empty {}; recreate {"bucket":ID,"keep_events":true}; restart {}; crash {}
 * - POST mutate {"seed":n,"steps":n,"bucket":ID,"days":30,"recreate":true,"now_ms":n}
 */
void aw_control_answer (AwServer *server, const AwRequest *request, AwResponse *response);

G_END_DECLS
