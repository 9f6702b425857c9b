/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-http.h"

G_BEGIN_DECLS

/* Answers a request under /_test/: how tests look into the stand-in and steer it. */
void aw_control_answer (AwServer *server, const AwRequest *request, AwResponse *response);

G_END_DECLS
