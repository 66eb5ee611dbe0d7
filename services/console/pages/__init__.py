"""The pages of the console, rendered on the server and readable without JavaScript."""
