"""Starts MiniStack, closer to AWS than it comes: see mends/.

Started by local-aws/start.ts with an environment of its own; not meant to be run by hand.
"""

import os
import signal
import sys
import threading
from importlib.metadata import version

PINNED = "1.5.33"


def main():
    if version("ministack") != PINNED:
        sys.exit(f"the mends fit MiniStack {PINNED} and nothing else, but this is {version('ministack')}")
    threading.Thread(target=end_with_the_parent, name="parent-watch", daemon=True).start()

    from mends import apply_all
    from ministack.app import main as serve

    apply_all()
    serve()


def end_with_the_parent():
    """Standard input is a pipe that only the parent holds: it ends when the parent does, however that dies.

    The whole group goes, Lambda workers included; nobody is left to ask for an orderly end.
    """
    try:
        while os.read(sys.stdin.fileno(), 4096):
            pass
    finally:
        os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
