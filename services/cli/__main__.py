"""`python -m services.cli`, as the supervisor starts its children."""

from services.cli import main

main()
