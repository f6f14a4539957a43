"""What the options common to all commands were set to, for this process."""

debug = False
quiet = False
