/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

#define HELIO_TYPE_QUESTION_CARD (helio_question_card_get_type ())
G_DECLARE_FINAL_TYPE (HelioQuestionCard, helio_question_card, HELIO, QUESTION_CARD, AdwBin)

/* @question: one of the agent's Questions */
HelioQuestionCard *helio_question_card_new (HelioAgent1 *agent, GVariant *question);

void helio_question_card_show (HelioQuestionCard *card, GVariant *question);

/* The agent does not ask that any more: before the card is taken away, closes what asks once more,
 * which would be an answer to another question. */
void helio_question_card_withdraw (HelioQuestionCard *card);

G_END_DECLS
