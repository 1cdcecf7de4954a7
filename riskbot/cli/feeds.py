"""`riskbot feeds`: which feeds there are and how they fare, what one holds, and lists of them in and out."""

from __future__ import annotations

import typer

from riskbot.cli import feedscheck, feedsfind, feedslist, feedsopml, feedsshow

app = typer.Typer(help="Look at feeds, find them, bring them in.", no_args_is_help=True)
app.command("list")(feedslist.list_feeds)
app.command("check")(feedscheck.check)
app.command("show")(feedsshow.show)
app.command("find")(feedsfind.find)
app.command("import")(feedsopml.import_feeds)
app.command("export")(feedsopml.export_feeds)
