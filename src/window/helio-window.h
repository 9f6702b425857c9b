/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HELIO_TYPE_WINDOW (helio_window_get_type ())
G_DECLARE_FINAL_TYPE (HelioWindow, helio_window, HELIO, WINDOW, AdwApplicationWindow)

HelioWindow *helio_window_new (GtkApplication *application);

G_END_DECLS
