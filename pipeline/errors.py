"""What a user can act on. Each error says what happened, where, and what to do next; the command line adds the exit code."""


class SettingsError(Exception):
    """A setting, codebook or option is wrong (exit 2). All problems found are in `problems`, one line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class NotReadyError(Exception):
    """A stage or command needs a table that is not there yet, or has too little to work on (exit 2)."""


class BusyError(Exception):
    """Another process is working in the run folder (exit 4)."""


class DiskError(Exception):
    """The disk is full or the folder cannot be written (exit 5)."""
