"""Runs a command at a terminal of its own, and types what a person would.

Usage: terminal.py [PROMPT ANSWER]... -- COMMAND [ARGUMENT]...

Waits for each prompt in turn and answers it, with the key that ends a line: once the program reads
keys (what is typed before is lost to some), or at once where the prompt begins with `$ `, which is
not part of it: shells read lines. Prints
{"code": 0, "said": "..."}: what the terminal showed, without its control sequences.
"""

import json
import os
import pty
import re
import select
import sys
import termios
import time

# For a terminal that never says what is waited for.
SECONDS = 120


def main():
    words = sys.argv[1:]
    at = words.index("--")
    turns = list(zip(words[0:at:2], words[1:at:2], strict=True))
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(words[at + 1], words[at + 1 :], {**os.environ, "TERM": "xterm"})
    said, seen = "", 0
    while True:
        ready, _, _ = select.select([terminal], [], [], SECONDS)
        if not ready:
            os.kill(process, 9)
            sys.exit(f"waited in vain for {turns[:1]}:\n{said}")
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        said += plain(more.decode(errors="replace"))
        while turns:
            prompt = turns[0][0].removeprefix("$ ")
            if (found := said.find(prompt, seen)) < 0:
                break
            seen = found + len(prompt)
            if prompt == turns[0][0]:
                until_keys_are_read(terminal)
            os.write(terminal, turns.pop(0)[1].encode() + b"\r")
    _, status = os.waitpid(process, 0)
    json.dump({"code": os.waitstatus_to_exitcode(status), "said": said, "left": turns}, sys.stdout)


def until_keys_are_read(terminal):
    """A program that reads keys echoes by itself, or not at all."""
    deadline = time.monotonic() + SECONDS
    while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < deadline:
        time.sleep(0.005)


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


if __name__ == "__main__":
    main()
