/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* One setting of the agent and the widget that shows it. The agent decides: what it refuses goes
 * back to what it was, and the reason is told. */

#define HELIO_TYPE_OPTION (helio_option_get_type ())
G_DECLARE_FINAL_TYPE (HelioOption, helio_option, HELIO, OPTION, GObject)

/**
 * helio_option_new:
 * @key: the setting, as in GetOptions
 * @widget: what shows it; must not outlive the option's use
 * @property: of the widget: "active", "value" or "text"; a text is sent by helio_option_apply(),
 *   others as they change
 * @complaint: where it is told why the agent refused; others may tell there, too
 */
HelioOption *
helio_option_new (const char *key, GtkWidget *widget, const char *property, GtkLabel *complaint);

/* @agent: (nullable) */
void helio_option_set_agent (HelioOption *option, HelioAgent1 *agent);

/* @options: what GetOptions answered. Overwrites what was typed and not sent. */
void helio_option_show (HelioOption *option, GVariant *options);

/* Sends what the widget shows, unless the agent has it already. */
void helio_option_apply (HelioOption *option);

G_END_DECLS
