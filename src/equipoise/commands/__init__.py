"""Parts of the command line: options and output that commands share, and groups of commands of their own."""
