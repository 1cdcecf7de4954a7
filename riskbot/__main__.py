"""`python -m riskbot` is `riskbot`."""

from riskbot.cli import main

if __name__ == "__main__":
    main()
