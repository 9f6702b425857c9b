# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads along on the bus: what nobody may see must not be there."""

import re
import subprocess

import dbus.lowlevel

from world import until


class Monitor:
    """All messages of the bus."""

    def __init__(self, world):
        self.world = world
        self.path = world.path("messages.txt")
        self.file = open(self.path, "w", encoding="utf-8")
        self.process = subprocess.Popen(["dbus-monitor", "--address", world.bus.address],
                                        stdout=self.file, env=world.environment)
        world.others.append(self.process)
        until(lambda: "NameLost" in self.read(), "the monitor listens")

    def read(self):
        with open(self.path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def others(self, method):
        """(all but the answers to calls of the method, these answers) up to now"""
        connection = self.world.bus.connect()
        connection.send_message(dbus.lowlevel.SignalMessage("/", "test.Monitor", "UpToNow"))
        connection.flush()
        until(lambda: "member=UpToNow" in self.read(), "the monitor has heard everything")
        connection.close()
        asked = set()
        others, answers = "", ""
        for message in re.split(r"\n(?=\S)", self.read()):
            head = message.split("\n", 1)[0]
            sender = re.search(r"sender=(\S+)", head)
            serial = re.search(r" serial=(\d+)", head)
            if "member=" + method in head:
                asked.add((sender.group(1), serial.group(1)))
            reply = re.search(r"destination=(\S+) .*reply_serial=(\d+)", head)
            if reply and reply.groups() in asked:
                answers += message
            else:
                others += message
        return others, answers
