"""Results → charts, tables, reports, translations. Nothing here computes a figure, reads a source or writes a file.

Public: :func:`equipoise.view.report.render`, :func:`equipoise.view.compare.render_compare`,
:func:`equipoise.view.terminal.summary`, :func:`equipoise.view.terminal.summary_compare` and
:func:`equipoise.view.data.as_dict`. They are imported from their modules, so that ``equipoise --help`` loads no chart
library.
"""
