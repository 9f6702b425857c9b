/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-answers.h"

G_BEGIN_DECLS

/* The least of the query language: `RETURN = query_bucket("ID");`. Returns FALSE if the body is no
 * query. */
gboolean aw_query_answer (AwExchange *exchange, const AwJson *json);

G_END_DECLS
