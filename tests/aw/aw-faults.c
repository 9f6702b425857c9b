/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-faults.h"

#include <string.h>

void
aw_fault_free (AwFault *fault)
{
  g_free (fault->method);
  g_free (fault->path);
  g_free (fault->body);
  g_free (fault->content_type);
  g_free (fault->header);
  g_free (fault);
}

void
aw_faults_add (AwFaults *faults, const AwJson *json)
{
  AwFault *fault = g_new0 (AwFault, 1);

  fault->count = aw_json_get_int (json, "count", 1);
  fault->method = g_strdup (aw_json_get_string (json, "method"));
  fault->path = g_strdup (aw_json_get_string (json, "path"));
  fault->delay_ms = aw_json_get_int (json, "delay_ms", 0);
  fault->drops = aw_json_get_true (json, "drop");
  fault->after = aw_json_get_true (json, "after");
  fault->status = (int) aw_json_get_int (json, "status", 0);
  fault->body = g_strdup (aw_json_get_string (json, "body"));
  fault->content_type = g_strdup (aw_json_get_string (json, "content_type"));
  fault->header = g_strdup (aw_json_get_string (json, "header"));
  fault->cut = aw_json_get_int (json, "cut", -1);
  fault->piece = aw_json_get_int (json, "piece", 0);
  fault->piece_ms = aw_json_get_int (json, "piece_ms", 0);
  if (aw_json_get_true (json, "html"))
    {
      fault->status = fault->status != 0 ? fault->status : 200;
      fault->content_type = g_strdup ("text/html; charset=utf-8");
      fault->body = g_strdup ("<!doctype html><title>Router</title><p>Please log in.</p>\n");
    }
  if (aw_json_get_true (json, "garbage"))
    {
      fault->status = fault->status != 0 ? fault->status : 200;
      fault->body = g_strdup ("[{\"id\": 1, \"timestamp\": \"2026-11-01T10:0");
    }
  g_mutex_lock (&faults->mutex);
  faults->list = g_list_append (faults->list, fault);
  g_mutex_unlock (&faults->mutex);
}

void
aw_faults_clear (AwFaults *faults)
{
  g_mutex_lock (&faults->mutex);
  g_list_free_full (g_steal_pointer (&faults->list), (GDestroyNotify) aw_fault_free);
  g_mutex_unlock (&faults->mutex);
}

void
aw_faults_set_paused (AwFaults *faults, gboolean is_paused)
{
  g_mutex_lock (&faults->mutex);
  faults->is_paused = is_paused;
  g_cond_broadcast (&faults->cond);
  g_mutex_unlock (&faults->mutex);
}

void
aw_faults_wait (AwFaults *faults)
{
  g_mutex_lock (&faults->mutex);
  while (faults->is_paused)
    g_cond_wait (&faults->cond, &faults->mutex);
  g_mutex_unlock (&faults->mutex);
}

static AwFault *
fault_copy (const AwFault *fault)
{
  AwFault *copy = g_new0 (AwFault, 1);

  *copy = *fault;
  copy->method = g_strdup (fault->method);
  copy->path = g_strdup (fault->path);
  copy->body = g_strdup (fault->body);
  copy->content_type = g_strdup (fault->content_type);
  copy->header = g_strdup (fault->header);
  return copy;
}

AwFault *
aw_faults_take (AwFaults *faults, const char *method, const char *target)
{
  AwFault *taken = NULL;

  g_mutex_lock (&faults->mutex);
  for (GList *at = faults->list; at != NULL && taken == NULL; at = at->next)
    {
      AwFault *fault = at->data;

      if (fault->count == 0 || (fault->method != NULL && strcmp (fault->method, method) != 0)
          || (fault->path != NULL && strstr (target, fault->path) == NULL))
        continue;
      if (fault->count > 0)
        fault->count--;
      taken = fault_copy (fault);
    }
  g_mutex_unlock (&faults->mutex);
  return taken;
}
