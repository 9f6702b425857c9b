/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/**
 * HelioView:
 * @agent: (nullable): the property of this name: the agent, NULL until the bus has answered
 * @complaint: (nullable): the property of this name: why there is no agent, and what to do
 * @cancellable: of what the agent is asked; cancelled when the view goes
 *
 * A part of the window that shows what the agent says. The final types of it have a template, which
 * is disposed of here, and read these fields.
 */
typedef struct
{
  AdwBin parent_instance;

  HelioAgent1 *agent;
  char *complaint;
  GCancellable *cancellable;

  /*< private >*/
  GSignalGroup *watch;
  guint refresh_id;
} HelioView;

typedef void (*HelioViewFunc) (HelioView *view);

/**
 * HelioViewClass:
 * @is_dated: what it shows grows old, like "12 min ago": it is updated again while it is seen
 * @update: shows what the agent says; called when the agent comes or goes, and when the view comes
 *   into sight
 */
typedef struct
{
  AdwBinClass parent_class;

  gboolean is_dated;
  HelioViewFunc update;
} HelioViewClass;

#define HELIO_TYPE_VIEW (helio_view_get_type ())
#define HELIO_VIEW(view) (G_TYPE_CHECK_INSTANCE_CAST ((view), HELIO_TYPE_VIEW, HelioView))
#define HELIO_VIEW_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), HELIO_TYPE_VIEW, HelioViewClass))
GType helio_view_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioView, g_object_unref)

/**
 * helio_view_watch:
 * @changed: called with the view alone
 * @...: names of the agent's properties, NULL at the end
 */
void helio_view_watch (HelioView *view, GCallback changed, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
