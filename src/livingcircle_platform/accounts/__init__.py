"""Know who somebody is, and what that role may do where."""
