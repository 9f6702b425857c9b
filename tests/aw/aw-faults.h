/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Faults that a test orders, and the pause. */

#include "aw-json.h"

G_BEGIN_DECLS

/* @count: how many requests more, negative: until cleared. @method and @path: which requests; NULL
 * or a part of the target. Then, in this order: wait @delay_ms; drop; answer @status with @body
 * instead, after doing what was asked if @after; cut the body after @cut bytes (-1: not); dribble
 * it in pieces of @piece bytes every @piece_ms. */
typedef struct
{
  int64_t count;
  char *method;
  char *path;
  int64_t delay_ms;
  gboolean drops;
  gboolean after;
  int status;
  char *body;
  char *content_type;
  char *header;
  int64_t cut;
  int64_t piece;
  int64_t piece_ms;
} AwFault;

typedef struct
{
  GMutex mutex;
  GCond cond;
  GList *list;
  gboolean is_paused;
} AwFaults;

void aw_faults_add (AwFaults *faults, const AwJson *json);
void aw_faults_clear (AwFaults *faults);
void aw_faults_set_paused (AwFaults *faults, gboolean is_paused);
/* Waits while paused. */
void aw_faults_wait (AwFaults *faults);
/* The fault that this request meets, counted down; NULL for none. */
AwFault *aw_faults_take (AwFaults *faults, const char *method, const char *target);
void aw_fault_free (AwFault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AwFault, aw_fault_free)

G_END_DECLS
