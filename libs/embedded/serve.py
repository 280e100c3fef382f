"""The door to the one process: `python -m libs.embedded.serve`.

While the services' code is loaded there is nothing to collect, and walking the growing heap again and again
costs a third of the start; so the collector rests before the first import.
"""

import gc

gc.disable()

import sys  # noqa: E402

from libs.embedded.app import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
