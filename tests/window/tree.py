# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What assistive technology sees of a program, read over its bus as the programs offer it.

Libraries for this exist, but hold one session for the life of a process; a test has many."""

import re

import dbus
import dbus.bus
import dbus.lowlevel
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
ACTION = "org.a11y.atspi.Action"
TEXT = "org.a11y.atspi.Text"
EVENT = "org.a11y.atspi.Event.Object"
CACHE = "org.a11y.atspi.Cache"
ROOT = "/org/a11y/atspi/accessible/root"
OF_WINDOW = dbus.UInt32(1)

STATES = {"active": 1, "checked": 4, "editable": 7, "enabled": 8, "expandable": 9, "expanded": 10,
          "focusable": 11, "focused": 12, "modal": 16, "pressed": 20, "selected": 23,
          "sensitive": 24, "visible": 30, "read-only": 43}
# By path: no two things have the same one, and none takes another role.
ROLES = {}
# What the others of its kind are called is all that is known of it: it has no name.
CLASS = re.compile(r"^(Gtk|Adw|Helio)[A-Z]\w*$")


class Gone(Exception):
    """It was there a moment ago."""


def connect(address):
    """To a bus of that address, so that it can be asked for many things at once."""
    return dbus.bus.BusConnection(address, mainloop=DBusGMainLoop())


class Focus:
    """What of a bus's programs has the keyboard's focus, by what they tell of it from now on."""

    RULE = "type='signal',interface='%s',member='StateChanged'" % EVENT

    def __init__(self, bus):
        self.bus = bus
        self.path = None
        self.changes = 0
        # The same object is to be removed: each look at a method makes another.
        self.filter = self.take
        bus.add_match_string(self.RULE)
        bus.add_message_filter(self.filter)

    def close(self):
        self.bus.remove_message_filter(self.filter)
        self.bus.remove_match_string(self.RULE)

    def take(self, _bus, message):
        if message.get_interface() == EVENT and message.get_member() == "StateChanged":
            state, is_on = message.get_args_list()[:2]
            if state == "focused" and (is_on or message.get_path() == self.path):
                self.path = message.get_path() if is_on else None
                self.changes += 1
        return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED

    def has_come(self, since):
        while GLib.MainContext.default().iteration(False):
            pass
        return self.path is not None and self.changes > since


def ask_all(bus, owner, questions):
    """The answers, in their order, to questions that are all sent before one is waited for: path,
    interface, method and the method's arguments. None for what is not answered."""
    answers = [None] * len(questions)
    left = len(questions)
    loop = GLib.MainLoop()

    def answer(number, message):
        nonlocal left
        left -= 1
        if isinstance(message, dbus.lowlevel.MethodReturnMessage):
            answers[number] = message.get_args_list()
        if not left:
            loop.quit()

    for number, (path, interface, method, *arguments) in enumerate(questions):
        message = dbus.lowlevel.MethodCallMessage(owner, path, interface, method)
        message.append(*arguments)
        bus.send_message_with_reply(message, lambda reply, n=number: answer(n, reply), 20)
    if left:
        loop.run()
    return answers


def meets(rectangle, other):
    x, y, width, height = rectangle
    a, b, c, d = other
    return x < a + c and a < x + width and y < b + d and b < y + height


def read_extents(answer):
    return tuple(int(n) for n in answer)


def without_mnemonic(name):
    """GTK 4.8 calls a button “_Test Test”: its label as it was given, then as it is shown."""
    half = len(name) // 2
    given, shown = name[:half + 1].rstrip(), name[half + 1:]
    return shown if shown and shown in (given, given.replace("_", "", 1)) else name


class Node:
    """One thing: a window, a row, a button, ... as it was at the time of the look."""

    def __init__(self, tree, item):
        self.path = str(item[0][1])
        self.tree = tree
        self.interfaces = set(item[5])
        name = str(item[6])
        self.name = "" if CLASS.match(name) else without_mnemonic(name)
        self.kind = name if CLASS.match(name) else ""
        self.description = str(item[8])
        low, high = item[9][:2]
        bits = int(low) | int(high) << 32
        self.states = {name for name, bit in STATES.items() if bits >> bit & 1}
        self.parent = None
        self.children = []
        self.memory = {}

    def call(self, interface, method, *arguments):
        try:
            proxy = self.tree.bus.get_object(self.tree.owner, self.path, introspect=False)
            return proxy.get_dbus_method(method, interface)(*arguments, timeout=20)
        except dbus.DBusException as error:
            raise Gone(str(error)) from error

    def remember(self, key, ask):
        if key not in self.memory:
            self.memory[key] = ask()
        return self.memory[key]

    @property
    def role(self):
        if self.path not in ROLES:
            ROLES[self.path] = str(self.call(ACCESSIBLE, "GetRoleName"))
        return ROLES[self.path]

    @property
    def extents(self):
        """x, y, width and height in its window; a stack's page has none but its child's."""
        def ask():
            if COMPONENT not in self.interfaces:
                return self.children[0].extents if self.children else None
            return read_extents(self.call(COMPONENT, "GetExtents", OF_WINDOW))
        return self.remember("extents", ask)

    @property
    def text(self):
        """What is written in it."""
        if TEXT not in self.interfaces:
            return ""
        return str(self.call(TEXT, "GetText", 0, int(self.get(TEXT, "CharacterCount"))))

    @property
    def window(self):
        node = self
        while node.parent is not None and node.parent.path != ROOT:
            node = node.parent
        return node

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def below(self):
        for child in self.children:
            yield child
            yield from child.below()

    def hit(self, x, y):
        """What somebody who clicks there would hit."""
        def ask():
            answer = self.window.call(COMPONENT, "GetAccessibleAtPoint", dbus.Int32(x),
                                      dbus.Int32(y), OF_WINDOW)
            return self.tree.nodes.get(str(answer[1]))
        return self.window.remember(("hit", x, y), ask)

    def is_covered(self):
        """Stacks leave their other pages where they were: whether one of them is in front. Only
        what is drawn is hit, so clicks are tried on what is in it, and on what is in those."""
        rivals = [other for other in self.parent.children
                  if other is not self and other.extents and meets(self.extents, other.extents)]
        for one in [self] + rivals:
            for node in [one] + list(one.below()) if rivals else []:
                if node.children and node is not one or not node.extents or not node.extents[2]:
                    continue
                x, y, width, height = node.extents
                at = self.hit(x + width // 2, y + height // 2)
                while at is not None and at is not self and at not in rivals:
                    at = at.parent
                if at is not None:
                    return at is not self
        return False

    def is_shown(self):
        """Whether a person can see it, if need be by scrolling."""
        return self.remember("shown", self.ask_shown)

    def ask_shown(self):
        if self.path == ROOT:
            return True
        if self.parent is not None and self.parent.path == ROOT:
            return self.tree.is_open(self)
        if "visible" not in self.states or self.parent is None or not self.parent.is_shown():
            return False
        # A popover is a window of its own for the display.
        if self.extents is None or "Popover" in self.kind:
            return True
        return self.extents[2] > 0 and self.extents[3] > 0 and not self.is_covered()

    def find_hider(self, x, y):
        """What this point is scrolled out of, or None."""
        for one in self.ancestors():
            if one.extents and one.parent is not None and "Popover" not in one.kind:
                a, b, c, d = one.extents
                if not (a <= x < a + c and b <= y < b + d):
                    return one
        return None

    def describe(self):
        text = "%s “%s”" % (self.role, self.name or self.kind)
        if self.description:
            text += " (%s)" % self.description
        if TEXT in self.interfaces and self.role != "label":
            text += " = “%s”" % self.text
        words = self.states - {"visible", "enabled", "sensitive"}
        if "sensitive" not in self.states:
            words.add("insensitive")
        if not self.is_shown():
            words.add("not shown")
        return text + (" [%s]" % ", ".join(sorted(words)) if words else "")

    # -- what can be done with it

    def do(self, number=0):
        assert self.call(ACTION, "DoAction", number), "nothing happened: " + self.describe()

    @property
    def has_action(self):
        return ACTION in self.interfaces and int(self.get(ACTION, "NActions")) > 0

    def get(self, interface, name):
        return self.call(dbus.PROPERTIES_IFACE, "Get", interface, name)


class Tree:
    """A look at a program; `owner` is its name on the accessibility bus, `sizes` are those of the
    windows that it has on the display."""

    def __init__(self, bus, owner, sizes):
        self.bus = bus
        self.owner = owner
        self.sizes = sizes
        # Its cache tells all in one answer, but only of what was asked for, and also of what is
        # hidden by now: all must be asked for their children.
        children = {}
        level = [ROOT]
        while level:
            answers = ask_all(bus, owner, [(path, ACCESSIBLE, "GetChildren") for path in level])
            if None in answers:
                raise Gone("something")
            for path, (found,) in zip(level, answers):
                children[path] = [str(child) for _, child in found]
            level = list(dict.fromkeys(child for path in level for child in children[path]
                                       if child not in children))
        items = self.ask("/org/a11y/atspi/cache", CACHE, "GetItems")
        self.nodes = {str(item[0][1]): Node(self, item) for item in items
                      if str(item[0][1]) in children}
        for path, node in self.nodes.items():
            node.children = [self.nodes[child] for child in children[path] if child in self.nodes]
            for child in node.children:
                child.parent = node
        if ROOT not in self.nodes:
            raise Gone("the program")
        self.root = self.nodes[ROOT]

    def ask(self, path, interface, method):
        try:
            proxy = self.bus.get_object(self.owner, path, introspect=False)
            return proxy.get_dbus_method(method, interface)(timeout=20)
        except dbus.DBusException as error:
            raise Gone(str(error)) from error

    def is_open(self, window):
        """Closed windows are still told of. The display's sizes include the frame."""
        width, height = window.extents[2:]
        return any(0 <= w - width < 60 and 0 <= h - height < 60 for w, h in self.sizes)

    def list_all(self, role=None, name=None, within=None, is_hidden_too=False):
        """Those of the role and name; a name may be a compiled expression."""
        found = []
        for node in (within or self.root).below():
            if name is not None and not matches(node, name):
                continue
            if role is not None and node.role not in role.split("|"):
                continue
            if is_hidden_too or node.is_shown():
                found.append(node)
        return found

    def remember_all(self):
        """Asks for roles and extents of all that may be shown, at once."""
        nodes = [node for node in self.root.below() if "visible" in node.states]
        placed = [node for node in nodes if COMPONENT in node.interfaces]
        nodes = [node for node in nodes if node.path not in ROLES]
        answers = ask_all(self.bus, self.owner,
                          [(node.path, ACCESSIBLE, "GetRoleName") for node in nodes]
                          + [(node.path, COMPONENT, "GetExtents", OF_WINDOW) for node in placed])
        for node, answer in zip(nodes, answers):
            if answer is not None:
                ROLES[node.path] = str(answer[0])
        for node, answer in zip(placed, answers[len(nodes):]):
            if answer is not None:
                node.memory["extents"] = read_extents(answer[0])

    def dump(self):
        lines = []

        def add(node, depth):
            is_plain = not node.name and node.role in ("group", "widget", "filler", "panel")
            if not is_plain and node.is_shown():
                lines.append("  " * depth + node.describe())
            for child in node.children:
                add(child, depth + (not is_plain))
        try:
            add(self.root, 0)
        except Gone as error:
            lines.append("(it changed meanwhile: %s)" % error)
        return "\n".join(lines)


def matches(node, name):
    if hasattr(name, "search"):
        return bool(node.name) and name.search(node.name) is not None
    return node.name == name


def find_focus(bus, owner):
    """The path of what has the keyboard's focus, without a look at all the rest."""
    cache = bus.get_object(owner, "/org/a11y/atspi/cache", introspect=False)
    items = {str(item[0][1]): item for item in cache.GetItems(dbus_interface=CACHE, timeout=20)}

    def has(path, state):
        return int(items[path][9][0]) >> STATES[state] & 1

    def find_window(path):
        while path in items and str(items[path][2][1]) != ROOT:
            path = str(items[path][2][1])
        return path if path in items else None
    # A window behind remembers what had it there.
    found = [(has(window, "active") + has(window, "modal"), path)
             for path in items if has(path, "focused") for window in [find_window(path)] if window]
    return max(found)[1] if found else None
