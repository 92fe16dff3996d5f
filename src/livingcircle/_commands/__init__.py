"""Do what the command line asks; a module here is imported only when its command runs."""
