/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The stand-in ActivityWatch as a process of its own, and what it truly holds. */

#include "source/helio-aw-client.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  GSubprocess *process;
  SoupSession *session;
  char *url;
  HelioAwClient *client;
  gboolean is_python;
} AwFixture;

/* @options: what to start it with, ended by NULL; the first is the flavour. */
void aw_fixture_start (AwFixture *fixture, const char *flavour, ...) G_GNUC_NULL_TERMINATED;
void aw_fixture_stop (AwFixture *fixture);

/* Sends a request and returns the body of the answer. */
char *aw_fixture_call (AwFixture *fixture, const char *method, const char *path, const char *body);
void aw_fixture_create (AwFixture *fixture, const char *bucket);

/* Adds an event; @data is a JSON object. */
void aw_fixture_insert (
    AwFixture *fixture, const char *bucket, int64_t start, double duration, const char *data);

/* A number of /_test/stats. */
int64_t aw_fixture_stat (AwFixture *fixture, const char *name);

/* (element-type utf8): `START DURATION DATA` of each event that starts in [@lo, @hi] and that a
 * client can see, sorted. */
GPtrArray *aw_fixture_truth (AwFixture *fixture, const char *bucket, int64_t lo, int64_t hi);

/* The same of pages: add each, then sort. */
void aw_fixture_add_page (GPtrArray *lines, const HelioPage *page);
void aw_fixture_assert_same (GPtrArray *lines, GPtrArray *truth);

G_END_DECLS
