/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "model/helio-language.h"
#include "window/helio-application.h"

/* A GL renderer would cost 170 MiB and a second for a window of text (measured): drawn by cairo
 * unless the user chose otherwise. Newer GTK has another switch, and refuses the older one. */
static void
choose_renderer (void)
{
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  if (gtk_get_minor_version () >= 14)
    g_setenv ("GDK_DISABLE", "gl,vulkan", FALSE);
  else
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}

/* The loading threads of GTK would each keep an arena of their own: 3 MiB for nothing (measured).
 */
static void
keep_memory_together (void)
{
#ifdef __GLIBC__
  mallopt (M_ARENA_MAX, 1);
#endif
}

int
main (int argc, char *argv[])
{
  g_autoptr (HelioApplication) application = NULL;

  keep_memory_together ();
  choose_renderer ();
  helio_language_begin ();

  application = helio_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
