/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HELIO_ERROR:
 *
 * The one error domain of the program. A code is a thing that the caller or the user does; the
 * message names the thing concerned and never holds a token or a title.
 */
#define HELIO_ERROR (helio_error_quark ())

/**
 * HelioError:
 * @HELIO_ERROR_FAILED: a bug or a thing nobody foresaw: show it
 * @HELIO_ERROR_AW_UNREACHABLE: no answer from ActivityWatch: wait, try again
 * @HELIO_ERROR_AW_KEY: ActivityWatch asks for an API key, or refused ours
 * @HELIO_ERROR_AW_ADDRESS: something answers at the address, but it is not ActivityWatch
 * @HELIO_ERROR_AW_ANSWER: ActivityWatch answered something that can't be understood, or failed
 * @HELIO_ERROR_AW_NO_BUCKET: the bucket is not there
 * @HELIO_ERROR_AW_CHANGED: the events changed under the read: read again
 * @HELIO_ERROR_AW_SLOW: reading on would harm ActivityWatch's own recording: wait
 * @HELIO_ERROR_RETRY: the destination can't take it now: back off
 * @HELIO_ERROR_TOKEN: the destination refused the token
 * @HELIO_ERROR_NO_TOKEN: no token is stored for the destination, or the store is locked
 * @HELIO_ERROR_NOT_A_BACKEND: no Heliograph backend at this address, at least now: back off
 * @HELIO_ERROR_CONFLICT: the destination has seen a larger seq than ours
 * @HELIO_ERROR_TOO_LARGE: the destination refused the size
 * @HELIO_ERROR_REFUSED: the destination refused the request for what is in it
 * @HELIO_ERROR_REDIRECT: the destination redirects: its address must be corrected, or a portal
 *   stands before it: back off
 * @HELIO_ERROR_INSECURE: plain http to another host, and the user did not allow it
 * @HELIO_ERROR_TLS: the certificate of the destination can't be verified
 * @HELIO_ERROR_LEDGER: the ledger can't be read or written
 * @HELIO_ERROR_LEDGER_NEWER: the ledger was written by a newer version of the program
 * @HELIO_ERROR_LEDGER_DAMAGED: the ledger is not a Heliograph ledger, or is damaged
 * @HELIO_ERROR_BUSY: another agent uses this ledger
 * @HELIO_ERROR_SETTINGS: a setting is invalid
 * @HELIO_ERROR_NOT_FOUND: the bucket, destination or question named does not exist
 * @HELIO_ERROR_SECRET_STORE: the secret store is missing or locked
 * @HELIO_ERROR_RULES_CHANGED: somebody else changed the privacy rules: read them, change them anew
 */
typedef enum
{
  HELIO_ERROR_FAILED,
  HELIO_ERROR_AW_UNREACHABLE,
  HELIO_ERROR_AW_KEY,
  HELIO_ERROR_AW_ADDRESS,
  HELIO_ERROR_AW_ANSWER,
  HELIO_ERROR_AW_NO_BUCKET,
  HELIO_ERROR_AW_CHANGED,
  HELIO_ERROR_AW_SLOW,
  HELIO_ERROR_RETRY,
  HELIO_ERROR_TOKEN,
  HELIO_ERROR_NO_TOKEN,
  HELIO_ERROR_NOT_A_BACKEND,
  HELIO_ERROR_CONFLICT,
  HELIO_ERROR_TOO_LARGE,
  HELIO_ERROR_REFUSED,
  HELIO_ERROR_REDIRECT,
  HELIO_ERROR_INSECURE,
  HELIO_ERROR_TLS,
  HELIO_ERROR_LEDGER,
  HELIO_ERROR_LEDGER_NEWER,
  HELIO_ERROR_LEDGER_DAMAGED,
  HELIO_ERROR_BUSY,
  HELIO_ERROR_SETTINGS,
  HELIO_ERROR_NOT_FOUND,
  HELIO_ERROR_SECRET_STORE,
  HELIO_ERROR_RULES_CHANGED,
  HELIO_ERROR_LAST = HELIO_ERROR_RULES_CHANGED
} HelioError;

GQuark helio_error_quark (void);

/* A word for programs, the same in every language: the last part of its name on D-Bus. "Failed" for
 * an error of another domain. */
const char *helio_error_get_word (const GError *error);

G_END_DECLS
