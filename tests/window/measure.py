# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much room words take at least: labels with less are cut."""

import gi

gi.require_version("Pango", "1.0")
gi.require_version("PangoCairo", "1.0")
from gi.repository import Pango, PangoCairo  # noqa: E402

# The least that is used; what is larger or bolder is found cut a little late.
FONT = "Cantarell 8"
TAB_FONT = "Cantarell 7.5"
TOLERANCE = 0.98


class Measure:
    def __init__(self):
        self.layout = Pango.Layout.new(PangoCairo.FontMap.get_default().create_context())

    def is_cut(self, label):
        """A label of one line that is too narrow for its words."""
        if not label.extents or not label.text or "\n" in label.text:
            return False
        is_tab = any(node.role == "tab" for node in label.ancestors())
        width, height = self.lay_out(label.text, TAB_FONT if is_tab else FONT)
        return label.extents[3] < height * 2 and label.extents[2] < width * TOLERANCE

    def lay_out(self, text, font):
        """The size of a line."""
        self.layout.set_font_description(Pango.FontDescription.from_string(font))
        self.layout.set_text(text, -1)
        return self.layout.get_pixel_size()

    def count_boxes(self, text):
        """What is drawn as a box with a number, for want of a font that has it."""
        self.lay_out(text, FONT)
        return self.layout.get_unknown_glyphs_count()
