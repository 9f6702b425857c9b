/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

/* The proof that destinations hold what they should: the last one, and a button for another. It
 * has the property "agent". */

#define HELIO_TYPE_PROOF_GROUP (helio_proof_group_get_type ())
G_DECLARE_FINAL_TYPE (HelioProofGroup, helio_proof_group, HELIO, PROOF_GROUP, HelioView)

G_END_DECLS
