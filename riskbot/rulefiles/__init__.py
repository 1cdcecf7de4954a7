"""Rule files: the language people edit, read into the values that matching is compiled from.

`load.load_rules` is the way in; `schema.json_schema` describes the language; `report.report` tells what is wrong.
"""
