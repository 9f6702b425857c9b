/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HELIO_TYPE_APPLICATION (helio_application_get_type ())
G_DECLARE_FINAL_TYPE (HelioApplication, helio_application, HELIO, APPLICATION, AdwApplication)

HelioApplication *helio_application_new (void);

G_END_DECLS
